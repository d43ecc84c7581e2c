/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef UNIT_STEP_H
#define UNIT_STEP_H

/*
 * A process that goes through a call one instruction at a time, so that it can be
 * killed or held at each; and calls that lead through all of the data path.
 */

#include <sys/types.h>

#include "unit.h"

/* Most frames that such a call gets or puts. */
#define UNIT_CALL_MOST 600

/* What a process does: first its preparation, then the call that is stepped through. */
struct unit_call {
	const char *name;
	uint32_t prepare_get;
	uint32_t prepare_put;
	uint32_t get;
	uint32_t put;
	uint32_t stride; /* instructions from one run to the next, where all are asked for */
};

extern const struct unit_call unit_calls[];
extern const uint32_t unit_calls_count;

/*
 * Prepare: gets and puts back; `held` has room for UNIT_CALL_MOST frames. Tells how many
 * are held then. Ends the process with exit status 1 when frames are missing.
 */
uint32_t
unit_call_prepare(const struct unit_call *call, labyrinth_t *lab, uint32_t lane, void **held);

/* The call itself: 0, or what the get returned. `have` are held, and afterwards, too. */
int
unit_call_make(const struct unit_call *call, labyrinth_t *lab, uint32_t lane, void **held,
               uint32_t *have);

/*
 * Start a process that runs fn(arg) up to unit_stop_here(); it dies with this one.
 * Negative when that fails.
 */
pid_t
unit_traced(void (*fn)(const void *arg), const void *arg);

/*
 * May processes be stepped through here at all? If not, says that the test is skipped. From
 * then on this process and its children stay on one CPU.
 */
bool
unit_may_step(void);

/* Of a longer call, in instructions, all runs would take minutes. */
#define UNIT_LONG 15000

/* Does this variable of the environment ask for every instruction? By default only some are tried.
 */
bool
unit_everywhere(const char *name);

/*
 * So that about so many fit into a call, and different ones in each loop of it. A quarter of
 * them with UNIT_FEW in the environment.
 */
uint32_t
unit_stride(uint32_t instructions, uint32_t wanted);

/* In that process: wait for who traces it. */
void
unit_stop_here(void);

/* Where a traced process is. */
enum unit_step {
	UNIT_STEPPED,
	UNIT_AT_STOP, /* at unit_stop_here() */
	UNIT_ENDED,
};

/* Let it execute one instruction. */
enum unit_step
unit_step(pid_t pid);

/* Let it run to its end, past all stops: its exit status, or -1 if it did not exit by itself. */
int
unit_run_to_end(pid_t pid);

/* What waitpid() told last of a traced process, for messages. */
extern int unit_step_status;

/* Kill it wherever it is. */
void
unit_kill_now(pid_t pid);

#endif /* UNIT_STEP_H */

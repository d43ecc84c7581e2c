/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_REPORT_H
#define LABYRINTH_REPORT_H

/*
 * Reports of violations: to the log, to telemetry, to the application.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mempool.h>

#include "labyrinth_maze.h"
#include "labyrinth_violation.h"
#include "rte_mempool_labyrinth.h"

/* Reports kept for telemetry. */
#define LABYRINTH_REPORTS_KEPT 16

/* So much of a process id is remembered with each move of a frame. */
#define LABYRINTH_PID_MASK 0x3fffffu

/* A report in short. */
struct labyrinth_report {
	uint64_t number; /* counts all violations of this process, from 1 */
	char pool[RTE_MEMPOOL_NAMESIZE];
	const char *kind;
	uint64_t time_ms; /* since 1970 */
	uint64_t pointer;
	uint64_t frame;
	/* Places in the program, and who called them; NULL where they are not known. */
	const void *site[2];
	const void *got_site[2];
	const void *put_site[2];
	uint32_t pid;
	uint32_t lcore;
	uint32_t got_lcore;
	uint32_t put_lcore;
};

/* Count, keep and log a violation. For the patrol. */
void
labyrinth_report_record(const struct labyrinth_violation *violation);

/*
 * Does a report of the calling thread tell why it is about to abort? What another one
 * reports may be cut off by the end of the process.
 */
bool
labyrinth_report_stops(void);

/* Is the process about to stop, or is the calling thread in the application's callback? */
bool
labyrinth_report_last(void);

/* The calling thread met a fault, maybe in a report of its own, and goes on elsewhere. */
void
labyrinth_report_leave(void);

/* How long a report waits for others', in milliseconds; and one of the patrol, which keeps others
 * from looking meanwhile. */
#define LABYRINTH_TURN_MS        5000
#define LABYRINTH_TURN_PATROL_MS 500

/*
 * Around what writes a report. Others' are written one after another, but not for ever: after so
 * many milliseconds it begins all the same. A signal handler that interrupts it writes none.
 */
void
labyrinth_report_turn_take(unsigned int ms);

/* Nothing happens if another thread has it. */
void
labyrinth_report_turn_give(void);

/* Nobody writes any: for a child of fork(). */
void
labyrinth_report_turn_drop(void);

/* For a child of fork(): no other thread of its parent's reports anything here. */
void
labyrinth_report_forked(void);

/* What the application is told of a violation. */
void
labyrinth_report_words(const struct labyrinth_violation *violation,
                       struct rte_labyrinth_violation *told);

/* Tell it, unless it is told of another one just now, by this thread. */
void
labyrinth_report_tell(const struct rte_labyrinth_violation *told);

/* Have violations of this process reported. */
void
labyrinth_report_init(void);

/* The latest reports, newest first; tells how many there are. */
unsigned int
labyrinth_report_latest(struct labyrinth_report *reports, unsigned int most);

/* Violations of this process so far. */
uint64_t
labyrinth_report_count(void);

/* Hand a violation to DPDK's tracing. */
void
labyrinth_report_trace(const struct labyrinth_violation *violation);

/* The calls that led to a report. */
#define LABYRINTH_CALLS_MOST 64

struct labyrinth_calls {
	void *call[LABYRINTH_CALLS_MOST];
	int n;
	int first;      /* the first that is not the driver's own */
	bool in_signal; /* a signal handler is among them */
};

void
labyrinth_calls_get(struct labyrinth_calls *calls);

/*
 * Log them. Those whose line is not known are noted in `unknown`, which has room
 * for all of them; tells how many these are.
 */
unsigned int
labyrinth_calls_log(const struct labyrinth_calls *calls, const void **unknown);

/* Write where a fault happened, from its signal handler, and how to find the line. */
void
labyrinth_calls_say(const void *at);

/* The same of who moved a frame, and who called that; nothing of another process's places. */
void
labyrinth_move_say(const void *frame, const struct labyrinth_move *move);

/* Log the commands that find function and line of n places, one for each object. */
void
labyrinth_calls_commands(uint32_t level, const void *const *places, unsigned int n);

/* Log a whole report. */
void
labyrinth_report_log(const struct labyrinth_violation *violation,
                     const struct labyrinth_calls *calls, uint64_t number, uint64_t unreported);

/*
 * Mend what DPDK keeps in the headers of a pool's objects after one of them was
 * overwritten: the list of all objects, and the pool each belongs to.
 */
void
labyrinth_relink(const struct rte_mempool *mp);

/* Of one object alone. Both are called by one thread at a time. */
void
labyrinth_relink_frame(const struct rte_mempool *mp, uint32_t index);

/* The same for the patrol, while no report does so. */
void
labyrinth_report_relink(const struct rte_mempool *mp, uint32_t index);

#endif /* LABYRINTH_REPORT_H */

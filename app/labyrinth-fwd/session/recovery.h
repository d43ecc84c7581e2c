/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_RECOVERY_H
#define FWD_RECOVERY_H

/**
 * @file
 * What a primary process does about secondaries: gives back what dead ones
 * held, and has the living end before it ends itself. Main lcore only.
 */

#include <stdbool.h>
#include <stdint.h>

#include "report.h"

/** How often to look for dead processes, in milliseconds. */
#define FWD_RECOVERY_MS 1000

struct fwd_recovery {
	double next; /**< when to look again, in seconds */
	struct fwd_recovered done;
	bool refused; /**< it cannot be done here */
	bool said;    /**< that something is not given back, and why */
	/** Under way: what was found of processes that are not done with. */
	struct {
		uint32_t processes;
		uint32_t pid;
		uint64_t owned;
		uint64_t in_lanes;
	} now;
};

/**
 * Look for processes that have gone and give back what they held, if it is time
 * to. One line says what was found. Reads a file of /proc for each process, and
 * all frames only when one has gone.
 *
 * @param now
 *   Seconds, of any clock that goes on.
 */
void
fwd_recovery_poll(struct fwd_recovery *recovery, double now);

/** Look at once, and until all is done or it takes too long. */
void
fwd_recovery_finish(struct fwd_recovery *recovery);

/**
 * Have secondaries of this program end, and wait until they hold no buffer any more.
 *
 * @return
 *   false when one did not answer (one line was printed): it may still use pools.
 */
bool
fwd_recovery_end_secondaries(void);

#endif /* FWD_RECOVERY_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_PROCESSES_H
#define LABYRINTH_PROCESSES_H

/*
 * The processes that share pools, and which lanes are whose.
 *
 * Entry 0 is the primary. The first few processes have lanes of their own, one
 * for each lcore id they may use: lane = lcore id + entry * RTE_MAX_LCORE. All
 * others, and threads without an lcore id, work with guest lanes.
 *
 * A process that ends by itself gives its entry back. One that is killed does
 * not: its entry stays claimed, which is how its lanes are known to have been
 * left in the middle of a call, until labyrinth_process_forget().
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_lcore.h>

#include "labyrinth.h"

/* Processes that can share pools at a time, the primary included. */
#define LABYRINTH_PROCESSES 64
/* Parts that lanes are divided into: the last one is for all who have none of their own. */
#define LABYRINTH_LANES_SHARES \
	(9 * RTE_MAX_LCORE <= LABYRINTH_LANES_MAX ? 8 : LABYRINTH_LANES_MAX / RTE_MAX_LCORE - 1)
/* Processes with lanes of their own. */
#define LABYRINTH_PROCESSES_LANED (LABYRINTH_LANES_SHARES - 1)

struct labyrinth_process {
	uint32_t entry;
	uint32_t pid;
	uint64_t who;        /* names this process, and none that comes after it */
	uint32_t first_lane; /* of its own, or LABYRINTH_LANE_ANY */
	uint32_t lanes;
	bool alive;
};

/*
 * What is added to an lcore id: set before the first pool is used. With
 * UINT32_MAX every sum is LABYRINTH_LANE_ANY or wraps around.
 */
extern __attribute__((visibility("hidden"))) uint32_t labyrinth_lane_base;

/* The calling thread's lane, or LABYRINTH_LANE_ANY. */
static inline uint32_t
labyrinth_lane_own(void)
{
	uint32_t lane = rte_lcore_id() + labyrinth_lane_base;

	/* No lcore id is the highest number there is: the sum wraps around. */
	return lane | -(uint32_t)(lane < labyrinth_lane_base);
}

/* The lcore id behind a lane, LCORE_ID_ANY for LABYRINTH_LANE_ANY. */
static inline uint32_t
labyrinth_lane_lcore(uint32_t lane)
{
	return lane == LABYRINTH_LANE_ANY ? LCORE_ID_ANY : lane % RTE_MAX_LCORE;
}

/* Lanes a pool needs, so that every process that may use it has its own. */
uint32_t
labyrinth_lanes_wanted(void);

/* And the processes among which they are divided. */
uint32_t
labyrinth_lanes_shares(void);

/* This process's entry, or LABYRINTH_PROCESS_NONE. */
uint32_t
labyrinth_process_self(void);

/* Who has an entry. Returns false when nobody does. Thread-safe. */
bool
labyrinth_process_get(uint32_t entry, struct labyrinth_process *process);

/*
 * Has the process that claimed this entry ended without giving it back?
 * Thread-safe; reads /proc.
 */
bool
labyrinth_process_dead(uint32_t entry);

/*
 * A dead process has nothing left to be given back: others may have its entry
 * and its lanes. Returns 0; -EBUSY when it is alive; -ESTALE when `who` has the
 * entry no longer. Thread-safe.
 */
int
labyrinth_process_forget(uint32_t entry, uint64_t who);

/*
 * Hold the entry of a dead process: nobody else recovers it or takes its place until
 * labyrinth_process_release(), or until the caller's process ends. Returns 0; -EBUSY when
 * somebody else holds it; -ESTALE when `who` is alive, or has the entry no longer.
 * Thread-safe; reads /proc.
 */
int
labyrinth_process_hold(uint32_t entry, uint64_t who);

/*
 * Of an entry that is held, or just claimed: it counts no more as that of a process which
 * ended by itself. What is half recovered must not become an heir's.
 */
void
labyrinth_process_bar(uint32_t entry);

void
labyrinth_process_release(uint32_t entry);

/* Has the process with this id ended, or all of them that have it? Thread-safe; reads /proc. */
bool
labyrinth_process_id_gone(uint32_t pid);

/* For each entry that is claimed, by a living process or a dead one. */
#define LABYRINTH_PROCESS_FOREACH(index, process)                   \
	for ((index) = 0; (index) < LABYRINTH_PROCESSES; (index)++) \
		if (labyrinth_process_get((index), (process)))

#endif /* LABYRINTH_PROCESSES_H */

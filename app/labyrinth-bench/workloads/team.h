/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_TEAM_H
#define BENCH_TEAM_H

/**
 * @file
 * Workers that start together and are timed each for itself.
 */

#include <stdatomic.h>

#include "workload.h"

struct bench_latency;

struct bench_team {
	unsigned int nb;
	struct bench_latency *latency; /**< of the run: the first worker counts in it */
	uint64_t call;                 /**< cycles of a call where the machine alone is measured */
	uint64_t iterations;
	uint64_t warm_up;             /**< iterations before the clock starts */
	uint64_t limit;               /**< cycles after which work is cut short */
	bool ready;                   /**< all workers were prepared for the last run */
	bool shared;                  /**< more lcores than CPUs */
	_Atomic unsigned int arrived; /**< at the barrier */
	_Atomic unsigned int running; /**< still being timed */
	_Atomic bool failed;
	struct bench_worker worker[BENCH_MAX_WORKERS];
};

/**
 * Make a team for a cell, with memory for what its workers hold.
 *
 * @return
 *   The team, for bench_team_free(), or NULL (one line was printed).
 */
struct bench_team *
bench_team_new(const struct bench_cell *cell);

/**
 * Let the workers work once.
 *
 * @param team
 *   Of bench_team_new().
 * @param mp
 *   The pool, NULL where the workload needs none.
 * @param iterations
 *   How much work each worker is timed for.
 * @param limit
 *   Cycles after which a worker ends all the same: a handler that locks may be
 *   a thousand times slower from one run to the next.
 * @param latency
 *   Where single calls are counted; NULL unless BENCH_LATENCY.
 * @return
 *   Cycles per object that one CPU needs, or below 0 when a worker gave up.
 */
double
bench_team_run(struct bench_team *team, struct rte_mempool *mp, uint64_t iterations, uint64_t limit,
               struct bench_latency *latency);

/** Time of the slowest worker of the last run, in cycles. */
uint64_t
bench_team_cycles(const struct bench_team *team);

void
bench_team_free(struct bench_team *team);

#endif /* BENCH_TEAM_H */

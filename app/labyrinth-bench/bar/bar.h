/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_BAR_H
#define BENCH_BAR_H

/**
 * @file
 * What labyrinth promises about its speed: the cells to measure and, line by
 * line, whether each promise holds.
 */

#include "bar_demands.h"
#include "options.h"
#include "results.h"

/**
 * Measure all cells and print them.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
bench_bar_measure(struct bench_options *options, struct bench_results *results);

/** Print every promise with its ratio and whether it holds. */
void
bench_bar_print(const struct bench_results *results);

/** What a promise is about. */
struct bench_bar_select {
	const char *workload;
	const char *handler;
	const char *base; /**< to compare with; NULL: nothing, `stock`: the best stock handler */
	int cache;        /**< below 0: any */
	uint32_t lcores;  /**< 0: any that do not share a CPU */
	uint32_t cpus;
	uint32_t bulk_min, bulk_max; /**< 0: no limit */
	uint32_t kept_min, kept_max;
};

/**
 * Collect what a promise is about.
 *
 * @param results
 *   All results.
 * @param select
 *   Which of them; a workload `loop+touch` stands for both.
 * @param values
 *   Where to put ratios, or cycles when there is no base.
 * @param room
 *   How many there may be.
 * @param worst
 *   Set to the result with the largest value, or NULL.
 * @return
 *   How many there are.
 */
size_t
bench_bar_collect(const struct bench_results *results, const struct bench_bar_select *select,
                  double *values, size_t room, const struct bench_result **worst);

#endif /* BENCH_BAR_H */

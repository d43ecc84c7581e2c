/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

/**
 * @file
 * What was measured: one result for each handler in each cell.
 */

#include <stdbool.h>

#include "handlers.h"
#include "latency.h"
#include "stats.h"
#include "workload.h"

struct bench_result {
	struct bench_cell cell;
	const struct bench_handler *handler; /**< NULL when the workload has no pool */
	uint32_t nb;                         /**< samples: 0 when nothing was measured */
	double *samples;                     /**< cycles per object, in the order taken */
	struct bench_summary summary;
	struct bench_latency *latency; /**< NULL unless BENCH_LATENCY */
	char reason[64];               /**< why nothing was measured */
};

struct bench_results {
	uint32_t nb;
	uint32_t room;
	struct bench_result **result;
};

/** Add an empty result. NULL when there is no memory (one line was printed). */
struct bench_result *
bench_results_add(struct bench_results *results, const struct bench_cell *cell,
                  const struct bench_handler *handler, uint32_t rounds);

/** Add a sample. */
void
bench_result_sample(struct bench_result *result, double value);

/** Forget what was counted so far: it was only to get ready. */
void
bench_result_restart(struct bench_result *result);

/** All samples are there: summarise them. 0, or -1 (one line was printed). */
int
bench_result_finish(struct bench_result *result);

/** Stands where a handler does: what the machine does to calls of such a length. */
#define BENCH_ALONE_LABEL "(the machine alone)"

/** What people call the handler of a result. */
const char *
bench_result_label(const struct bench_result *result);

/** Are two cells the same point of the axes? */
bool
bench_cell_equal(const struct bench_cell *a, const struct bench_cell *b);

/** First of the results that belong to the same cell as the one of that index. */
uint32_t
bench_results_cell_first(const struct bench_results *results, uint32_t index);

/**
 * Median compared with the first result of its cell: below 1 is faster.
 *
 * @return
 *   The ratio, or 0 when one of the two was not measured.
 */
double
bench_results_ratio(const struct bench_results *results, uint32_t index);

void
bench_results_free(struct bench_results *results);

#endif /* BENCH_RESULTS_H */

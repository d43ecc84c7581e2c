/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_RUNNER_H
#define BENCH_RUNNER_H

/**
 * @file
 * Lets handlers take turns in each cell.
 */

#include "cells.h"
#include "options.h"
#include "results.h"

/**
 * Measure cells, tell how far it is, and print each.
 *
 * @param options
 *   Rounds, time of a sample, kind of pools.
 * @param cells
 *   Complete cells; a signal ends the row early.
 * @param handlers
 *   Those to compare; a handler that cannot is skipped and the reason kept.
 * @param nb
 *   How many; ignored when the workload needs no pool.
 * @param results
 *   Where to add one result for each handler and cell.
 * @return
 *   0, or -1 (one line was printed).
 */
int
bench_run_cells(const struct bench_options *options, const struct bench_cells *cells,
                struct bench_handler *const *handlers, unsigned int nb,
                struct bench_results *results);

#endif /* BENCH_RUNNER_H */

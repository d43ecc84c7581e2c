/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_CELLS_H
#define BENCH_CELLS_H

/**
 * @file
 * All points of the axes, in the order of the table.
 */

#include "options.h"
#include "workload.h"

struct bench_cells {
	uint32_t nb;
	uint32_t left_out; /**< whose bulk is above what is kept, or odd without a partner */
	struct bench_cell *cell;
};

/**
 * Make the cells of the options; EAL must be up.
 *
 * @return
 *   0, or -1 (one line was printed); bench_cells_free() is due in both cases.
 */
int
bench_cells_make(const struct bench_options *options, struct bench_cells *cells);

/**
 * Complete a cell: CPUs and size of the pool where they are 0.
 *
 * @return
 *   0, 1 when a cell makes no sense, or -1 (one line was printed).
 */
int
bench_cell_complete(struct bench_cell *cell);

/** How many times --ms a sample of a cell takes. */
uint32_t
bench_cell_patience(const struct bench_cell *cell);

void
bench_cells_free(struct bench_cells *cells);

#endif /* BENCH_CELLS_H */

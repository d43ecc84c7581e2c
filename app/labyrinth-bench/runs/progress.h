/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

/**
 * @file
 * How far the measurement is, on stderr: one line that is drawn again on a terminal, one line a
 * minute elsewhere. One thread calls.
 */

#include "cells.h"

/** These cells will be measured, too; call it for all before the first bench_progress_next(). */
void
bench_progress_add(const struct bench_cells *cells);

/** The next cell begins. */
void
bench_progress_next(const struct bench_cell *cell);

/** A cell was measured: take the line away, for its results are about to be printed. */
void
bench_progress_done(const struct bench_cell *cell);

/** How many cells were measured, of how many. */
void
bench_progress_count(uint32_t *done, uint32_t *all);

#endif /* BENCH_PROGRESS_H */

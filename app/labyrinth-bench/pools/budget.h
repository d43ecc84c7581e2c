/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_BUDGET_H
#define BENCH_BUDGET_H

/**
 * @file
 * Whether there is memory for pools.
 */

#include <stdbool.h>

#include "workload.h"

/** Is there memory for so many pools of a cell at once? EAL must be up. */
bool
bench_budget_allows(const struct bench_cell *cell, unsigned int pools);

#endif /* BENCH_BUDGET_H */

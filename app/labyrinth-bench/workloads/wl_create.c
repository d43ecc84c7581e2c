/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "workload.h"

/* There is nothing to iterate: the runner makes a pool for each sample anyway. */

const struct bench_workload bench_create = {
	.name = "create",
	.meaning = "make a pool of --size objects (cycles per object of the pool)",
	.flags = BENCH_OWN_CLOCK,
	.patience = 1,
};

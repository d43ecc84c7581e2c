/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_WORKLOADS_H
#define BENCH_WORKLOADS_H

/**
 * @file
 * The table of all workloads.
 */

#include "workload.h"

/** The workload of that name, or NULL. */
const struct bench_workload *
bench_workload_find(const char *name);

/** The workload of that index, or NULL behind the last. */
const struct bench_workload *
bench_workload_at(unsigned int index);

#endif /* BENCH_WORKLOADS_H */

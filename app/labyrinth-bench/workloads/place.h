/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_PLACE_H
#define BENCH_PLACE_H

/**
 * @file
 * Which of EAL's lcores work: so many, on so many CPUs.
 */

#include <stdint.h>

/** CPUs that EAL's lcores run on, at most `lcores`. */
uint32_t
bench_place_cpus(uint32_t lcores);

/**
 * Choose lcores, the main lcore first.
 *
 * @param lcores
 *   How many.
 * @param cpus
 *   On how many CPUs together.
 * @param ids
 *   Filled in by the call.
 * @return
 *   0, or -1 when EAL has no such lcores.
 */
int
bench_place(uint32_t lcores, uint32_t cpus, unsigned int *ids);

#endif /* BENCH_PLACE_H */

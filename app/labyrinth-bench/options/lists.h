/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_LISTS_H
#define BENCH_LISTS_H

/**
 * @file
 * Values of options that are lists: every function prints one line on a bad one.
 */

#include <stdint.h>

#define BENCH_MAX_LIST 32

struct bench_numbers {
	uint32_t nb;
	uint32_t value[BENCH_MAX_LIST];
};

/** So many lcores on so many CPUs; 0 CPUs: one for each lcore, if there are as many. */
struct bench_lcores {
	uint32_t nb;
	struct {
		uint32_t lcores;
		uint32_t cpus;
	} place[BENCH_MAX_LIST];
};

/**
 * Read numbers such as `1,4,8..512,1M`: A..B are A and its doubles up to B, K
 * and M stand for 1024 and 1024 * 1024.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
bench_list_numbers(const char *option, const char *text, uint32_t min, uint32_t max,
                   struct bench_numbers *numbers);

/** Read `1,2,2@1`: lcores, and on how many CPUs they are to run. 0, or -1. */
int
bench_list_lcores(const char *option, const char *text, uint32_t max, struct bench_lcores *lcores);

#endif /* BENCH_LISTS_H */

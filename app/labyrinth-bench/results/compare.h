/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_COMPARE_H
#define BENCH_COMPARE_H

/**
 * @file
 * Results of one run beside those of another, such as of two commits.
 */

#include "results.h"

/** What a file of --json holds. */
struct bench_loaded {
	struct bench_results results;
	struct bench_handler *handlers; /**< one for each result: only labels */
	uint32_t nb_handlers;
	char command[256]; /**< that made it */
	bool quick;        /**< made by --quick: no measurement */
};

/**
 * Read a file that --json wrote.
 *
 * @return
 *   0, or -1 (one line was printed); bench_loaded_free() is due in both cases.
 */
int
bench_load(const char *path, struct bench_loaded *loaded);

void
bench_loaded_free(struct bench_loaded *loaded);

/** Print each cell that both have, and how many got faster or slower. */
void
bench_compare(const struct bench_loaded *before, const struct bench_results *now);

/** Compare two files, `BEFORE,AFTER`: nothing is measured. 0, or -1 (one line was printed). */
int
bench_compare_files(const char *paths);

#endif /* BENCH_COMPARE_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_PLOT_H
#define BENCH_PLOT_H

/**
 * @file
 * Plots of results: one file for each kind.
 */

#include <stdbool.h>

#include "results.h"

/** Files of one run, of which no two may have one name. */
#define BENCH_PLOT_FILES 256

struct bench_plot_names {
	uint32_t nb;
	char name[BENCH_PLOT_FILES][128];
};

struct bench_plot {
	const char *dir;
	const char *command; /**< goes under each plot */
	const struct bench_results *results;
	const struct bench_handlers *handlers;
	struct bench_plot_names *names; /**< drawn so far */
	bool quick;                     /**< made by --quick: each plot says so */
};

/** Draw all kinds. 0, or -1 (one line was printed). */
int
bench_plot_all(const struct bench_plot *plot);

#endif /* BENCH_PLOT_H */

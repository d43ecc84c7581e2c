/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

/**
 * @file
 * Our part of the command line.
 */

#include <stdbool.h>
#include <stdint.h>

#include "handlers.h"
#include "lists.h"
#include "workload.h"

#define BENCH_MAX_ROUNDS    1001
#define BENCH_MAX_WORKLOADS 16

struct bench_options {
	struct bench_handlers handlers;
	const struct bench_workload *workloads[BENCH_MAX_WORKLOADS];
	uint32_t nb_workloads;
	struct bench_numbers cache;
	struct bench_numbers bulk;
	struct bench_numbers kept;
	struct bench_numbers ring;
	struct bench_numbers size; /**< empty: what the cell needs */
	struct bench_lcores lcores;
	uint32_t elt;
	uint32_t touch_lines;
	uint32_t rounds;
	uint32_t ms;
	bool fresh;
	bool aged;
	bool bar;
	bool quick;
	bool help;
	const char *csv;
	const char *json;
	const char *svg;
	const char *compare; /**< BEFORE, or BEFORE,AFTER: nothing is measured then */
};

/** Is this argument, standing among EAL's, an option of ours and never EAL's? */
bool
bench_options_is_own(const char *argument);

/**
 * Parse.
 *
 * @return
 *   0, or -1 (one line was printed); bench_options_free() is due in both cases.
 */
int
bench_options_parse(int argc, char **argv, struct bench_options *options);

void
bench_options_help(void);

void
bench_options_free(struct bench_options *options);

#endif /* BENCH_OPTIONS_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

/**
 * @file
 * Results for people.
 */

#include "options.h"
#include "results.h"

/** Print what the figures were taken with. */
void
bench_table_setup(const struct bench_options *options);

/** Print, where it is so, that --quick measures nothing. */
void
bench_table_quick(const struct bench_options *options);

/** Print names of the columns that say where a result is in the axes; no newline. */
void
bench_table_head_place(void);

/** Print those columns; only the handler's unless it is the first of its cell. No newline. */
void
bench_table_place(const struct bench_result *result, bool first);

/** Print results from an index on, all of one cell; a head line when `head` is set. */
void
bench_table_cell(const struct bench_results *results, uint32_t from, bool head);

/** Write `2` for lcores on CPUs of their own and `2@1` for others. */
const char *
bench_place_text(const struct bench_cell *cell, char *text, size_t size);

#endif /* BENCH_TABLE_H */

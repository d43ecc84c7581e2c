/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_EXPORT_H
#define BENCH_EXPORT_H

/**
 * @file
 * Results for programs.
 */

#include "options.h"
#include "results.h"

/** Write one row for each result, after a row of names. 0, or -1 (one line was printed). */
int
bench_csv_write(const char *path, const struct bench_options *options,
                const struct bench_results *results);

/** Write everything, each sample and histogram included. 0, or -1 (one line was printed). */
int
bench_json_write(const char *path, const struct bench_options *options, const char *command,
                 const struct bench_results *results);

/**
 * Will it be possible to write there? Nothing is created.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
bench_export_check(const struct bench_options *options);

/** Cycles as nanoseconds. */
double
bench_ns(uint64_t cycles);

#endif /* BENCH_EXPORT_H */

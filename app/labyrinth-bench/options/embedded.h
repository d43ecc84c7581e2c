/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_EMBEDDED_H
#define BENCH_EMBEDDED_H

/**
 * @file
 * What of EAL's arguments the user has not chosen.
 */

#include "app_arguments.h"
#include "options.h"

/**
 * Add lcores, memory and a file prefix where they are not given.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
bench_embedded_eal(struct app_arguments *arguments, const struct bench_options *options);

#endif /* BENCH_EMBEDDED_H */

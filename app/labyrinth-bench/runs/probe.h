/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

/**
 * @file
 * Finds out before any measurement which handlers work here.
 */

#include "options.h"

/**
 * Make a small pool with every handler. One that was named must work; those
 * that stand for the word `all` are left out when they do not, with one line.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
bench_probe(struct bench_options *options);

#endif /* BENCH_PROBE_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_STOP_H
#define BENCH_STOP_H

/**
 * @file
 * Ctrl-C ends the measurement after the sample under way; a second one at once.
 */

#include <stdbool.h>

/** Listen to SIGINT and SIGTERM. 0, or -1 (one line was printed). */
int
bench_stop_init(void);

/** Has the user asked to stop? */
bool
bench_stop_asked(void);

#endif /* BENCH_STOP_H */

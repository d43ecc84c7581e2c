/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_CLOCK_H
#define APP_CLOCK_H

/**
 * @file
 * What time it is, for rates.
 */

#include <time.h>

/** Seconds of a clock that nobody sets. */
static inline double
app_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#endif /* APP_CLOCK_H */

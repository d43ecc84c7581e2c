/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_STATS_H
#define BENCH_STATS_H

/**
 * @file
 * Medians and what belongs to them, without DPDK.
 */

#include <stddef.h>

/** What a set of samples looks like; all 0 when there are none. */
struct bench_summary {
	double min;
	double q1; /**< a quarter of the samples lie below */
	double median;
	double q3; /**< a quarter of the samples lie above */
	double max;
	double mad; /**< median of the distances from the median */
	size_t count;
};

/**
 * Summarise samples.
 *
 * @param samples
 *   Sorted by the call.
 * @param count
 *   How many.
 * @param summary
 *   Filled in by the call.
 * @return
 *   0, or -1 when there is no memory for a copy.
 */
int
bench_stats(double *samples, size_t count, struct bench_summary *summary);

/** Value below which a share from 0 to 1 lies, between neighbours in proportion. */
double
bench_quantile(const double *sorted, size_t count, double share);

/** Geometric mean of values above 0; 0 when there are none or one is not. */
double
bench_geomean(const double *values, size_t count);

/** The largest of some values; 0 when there are none. */
double
bench_largest(const double *values, size_t count);

#endif /* BENCH_STATS_H */

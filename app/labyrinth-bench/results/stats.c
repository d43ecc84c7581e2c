/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

double
bench_quantile(const double *sorted, size_t count, double share)
{
	double place, rest;
	size_t low;

	if (count == 0)
		return 0;
	place = share * (double)(count - 1);
	low = (size_t)place;
	if (low + 1 >= count)
		return sorted[count - 1];
	rest = place - (double)low;
	return sorted[low] + (sorted[low + 1] - sorted[low]) * rest;
}

int
bench_stats(double *samples, size_t count, struct bench_summary *summary)
{
	double *distances;
	size_t i;

	memset(summary, 0, sizeof(*summary));
	if (count == 0)
		return 0;
	distances = malloc(count * sizeof(*distances));
	if (distances == NULL)
		return -1;
	qsort(samples, count, sizeof(*samples), compare);
	summary->count = count;
	summary->min = samples[0];
	summary->q1 = bench_quantile(samples, count, 0.25);
	summary->median = bench_quantile(samples, count, 0.5);
	summary->q3 = bench_quantile(samples, count, 0.75);
	summary->max = samples[count - 1];
	for (i = 0; i < count; i++)
		distances[i] = fabs(samples[i] - summary->median);
	qsort(distances, count, sizeof(*distances), compare);
	summary->mad = bench_quantile(distances, count, 0.5);
	free(distances);
	return 0;
}

double
bench_geomean(const double *values, size_t count)
{
	double sum = 0;
	size_t i;

	if (count == 0)
		return 0;
	for (i = 0; i < count; i++) {
		if (!(values[i] > 0))
			return 0;
		sum += log(values[i]);
	}
	return exp(sum / (double)count);
}

double
bench_largest(const double *values, size_t count)
{
	double largest = 0;
	size_t i;

	for (i = 0; i < count; i++)
		if (i == 0 || values[i] > largest)
			largest = values[i];
	return largest;
}

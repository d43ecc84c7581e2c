/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "app_histogram.h"

#define PERMYRIAD 10000u

uint64_t
app_histogram_bucket_high(unsigned int index)
{
	unsigned int shift;
	uint64_t mantissa;

	if (index < 2 * APP_HISTOGRAM_SUB)
		return index;
	shift = index / APP_HISTOGRAM_SUB - 1;
	mantissa = APP_HISTOGRAM_SUB + index % APP_HISTOGRAM_SUB;
	/* The last bucket ends at 2^64 - 1: unsigned wrap gives just that. */
	return ((mantissa + 1) << shift) - 1;
}

static void
set(struct app_counter *counter, uint64_t value)
{
	atomic_store_explicit(&counter->value, value, memory_order_relaxed);
}

void
app_histogram_reset(struct app_histogram *h)
{
	unsigned int i;

	set(&h->count, 0);
	set(&h->max, 0);
	for (i = 0; i < APP_HISTOGRAM_BUCKETS; i++)
		set(&h->buckets[i], 0);
}

void
app_histogram_merge(struct app_histogram *into, const struct app_histogram *from)
{
	uint64_t max = app_counter_read(&from->max);
	uint64_t n, sum = 0;
	unsigned int i;

	for (i = 0; i < APP_HISTOGRAM_BUCKETS; i++) {
		n = app_counter_read(&from->buckets[i]);
		if (n == 0)
			continue;
		app_counter_add(&into->buckets[i], n);
		sum += n;
	}
	/* The sum and not from->count, which may run ahead while from is in use. */
	app_counter_add(&into->count, sum);
	if (max > app_counter_read(&into->max))
		set(&into->max, max);
}

/** Smallest number of values that is at least the given share of all of them. */
static uint64_t
rank(uint64_t count, unsigned int permyriad)
{
	uint64_t whole = count / PERMYRIAD * permyriad;
	uint64_t rest = (count % PERMYRIAD * permyriad + PERMYRIAD - 1) / PERMYRIAD;

	return whole + rest > 0 ? whole + rest : 1;
}

uint64_t
app_histogram_percentile(const struct app_histogram *h, unsigned int permyriad)
{
	uint64_t count = app_counter_read(&h->count);
	uint64_t max = app_counter_read(&h->max);
	uint64_t wanted, seen = 0, high;
	unsigned int i;

	if (count == 0)
		return 0;
	if (permyriad >= PERMYRIAD)
		return max;
	wanted = rank(count, permyriad);
	for (i = 0; i < APP_HISTOGRAM_BUCKETS; i++) {
		seen += app_counter_read(&h->buckets[i]);
		if (seen >= wanted) {
			high = app_histogram_bucket_high(i);
			return high < max ? high : max;
		}
	}
	return max;
}

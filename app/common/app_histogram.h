/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_HISTOGRAM_H
#define APP_HISTOGRAM_H

/**
 * @file
 * Log-linear histogram of 64-bit values, without DPDK.
 *
 * Each power of two is cut into APP_HISTOGRAM_SUB equal buckets, so a bucket is at
 * most 1/APP_HISTOGRAM_SUB of its lower bound wide; values below 2 * APP_HISTOGRAM_SUB
 * have a bucket of their own. One thread adds; any thread may copy meanwhile.
 */

#include <stdint.h>

#include "app_counter.h"

#define APP_HISTOGRAM_SUB_BITS 5
#define APP_HISTOGRAM_SUB      (1u << APP_HISTOGRAM_SUB_BITS)
/** Exact buckets below APP_HISTOGRAM_SUB, then APP_HISTOGRAM_SUB for each higher power of two. */
#define APP_HISTOGRAM_BUCKETS (APP_HISTOGRAM_SUB * (64 - APP_HISTOGRAM_SUB_BITS + 1))

struct app_histogram {
	struct app_counter count;
	struct app_counter max;
	struct app_counter buckets[APP_HISTOGRAM_BUCKETS];
};

/** Bucket that holds a value: below APP_HISTOGRAM_BUCKETS, and never falling as the value grows. */
static inline unsigned int
app_histogram_bucket(uint64_t value)
{
	unsigned int shift;

	if (value < APP_HISTOGRAM_SUB)
		return (unsigned int)value;
	shift = 63u - (unsigned int)__builtin_clzll(value) - APP_HISTOGRAM_SUB_BITS;
	return APP_HISTOGRAM_SUB * shift + (unsigned int)(value >> shift);
}

/** Count a value; only the owner may call it. */
static inline void
app_histogram_add(struct app_histogram *h, uint64_t value)
{
	app_counter_add(&h->buckets[app_histogram_bucket(value)], 1);
	app_counter_add(&h->count, 1);
	if (value > app_counter_read(&h->max))
		atomic_store_explicit(&h->max.value, value, memory_order_relaxed);
}

/** Largest value of a bucket; index must be below APP_HISTOGRAM_BUCKETS. */
uint64_t
app_histogram_bucket_high(unsigned int index);

/** Forget everything, touching every byte: only the owner may call it. */
void
app_histogram_reset(struct app_histogram *h);

/** Add the contents of one histogram to another, which the caller owns. */
void
app_histogram_merge(struct app_histogram *into, const struct app_histogram *from);

/**
 * Value that a share of all values does not exceed.
 *
 * @param h
 *   A histogram nobody adds to.
 * @param permyriad
 *   The share in hundredths of a percent: 5000 is the median, 9990 is p99.9.
 * @return
 *   The upper bound of the bucket where that share is reached, never above the
 *   largest value seen; 0 when nothing was counted.
 */
uint64_t
app_histogram_percentile(const struct app_histogram *h, unsigned int permyriad);

#endif /* APP_HISTOGRAM_H */

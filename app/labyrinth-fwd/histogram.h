/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_HISTOGRAM_H
#define FWD_HISTOGRAM_H

/**
 * @file
 * Log-linear histogram of 64-bit values, without DPDK.
 *
 * Each power of two is cut into HISTOGRAM_SUB equal buckets, so a bucket is at
 * most 1/HISTOGRAM_SUB of its lower bound wide; values below 2 * HISTOGRAM_SUB
 * have a bucket of their own. One thread adds; any thread may copy meanwhile.
 */

#include <stdint.h>

#include "counter.h"

#define HISTOGRAM_SUB_BITS 5
#define HISTOGRAM_SUB      (1u << HISTOGRAM_SUB_BITS)
/** Exact buckets below HISTOGRAM_SUB, then HISTOGRAM_SUB for each higher power of two. */
#define HISTOGRAM_BUCKETS (HISTOGRAM_SUB * (64 - HISTOGRAM_SUB_BITS + 1))

struct histogram {
	struct fwd_counter count;
	struct fwd_counter max;
	struct fwd_counter buckets[HISTOGRAM_BUCKETS];
};

/** Bucket that holds a value: below HISTOGRAM_BUCKETS, and never falling as the value grows. */
static inline unsigned int
histogram_bucket(uint64_t value)
{
	unsigned int shift;

	if (value < HISTOGRAM_SUB)
		return (unsigned int)value;
	shift = 63u - (unsigned int)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
	return HISTOGRAM_SUB * shift + (unsigned int)(value >> shift);
}

/** Count a value; only the owner may call it. */
static inline void
histogram_add(struct histogram *h, uint64_t value)
{
	fwd_counter_add(&h->buckets[histogram_bucket(value)], 1);
	fwd_counter_add(&h->count, 1);
	if (value > fwd_counter_read(&h->max))
		atomic_store_explicit(&h->max.value, value, memory_order_relaxed);
}

/** Largest value of a bucket; index must be below HISTOGRAM_BUCKETS. */
uint64_t
histogram_bucket_high(unsigned int index);

/** Forget everything, touching every byte: only the owner may call it. */
void
histogram_reset(struct histogram *h);

/** Add the contents of one histogram to another, which the caller owns. */
void
histogram_merge(struct histogram *into, const struct histogram *from);

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
histogram_percentile(const struct histogram *h, unsigned int permyriad);

#endif /* FWD_HISTOGRAM_H */

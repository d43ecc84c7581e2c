/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_METER_H
#define FWD_METER_H

/**
 * @file
 * What an allocation costs: the time stamp counter read before and after a
 * mempool get. Nothing is subtracted for the reading itself; the summary says
 * what that alone costs.
 */

#include <rte_cycles.h>
#include <rte_mempool.h>

#include "app_counter.h"
#include "app_histogram.h"

struct fwd_meter {
	struct app_counter failures; /**< gets that found too few buffers */
	struct app_histogram cycles; /**< cycles of each get that succeeded */
};

/** Get n objects, or none, and measure. 0, or a negative value when the pool has too few. */
static inline int
fwd_meter_get(struct fwd_meter *meter, struct rte_mempool *pool, void **objects, unsigned int n)
{
	uint64_t before = rte_rdtsc();
	int failed = rte_mempool_get_bulk(pool, objects, n);
	uint64_t after = rte_rdtsc();

	if (unlikely(failed != 0)) {
		app_counter_add(&meter->failures, 1);
		return failed;
	}
	app_histogram_add(&meter->cycles, after - before);
	return 0;
}

/** Get n objects and put them back: for modes in which the driver allocates, unseen. */
void
fwd_meter_sample(struct fwd_meter *meter, struct rte_mempool *pool, unsigned int n);

/** Median of the cycles between two readings of the counter: what every figure includes. */
uint64_t
fwd_meter_overhead(void);

#endif /* FWD_METER_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "engine.h"
#include "meter.h"

void
fwd_meter_sample(struct fwd_meter *meter, struct rte_mempool *pool, unsigned int n)
{
	void *objects[FWD_MAX_BURST];

	if (fwd_meter_get(meter, pool, objects, n) == 0)
		rte_mempool_put_bulk(pool, objects, n);
}

uint64_t
fwd_meter_overhead(void)
{
	static struct app_histogram cycles;
	uint64_t before;
	unsigned int i;

	app_histogram_reset(&cycles);
	for (i = 0; i < 1000; i++) {
		before = rte_rdtsc();
		app_histogram_add(&cycles, rte_rdtsc() - before);
	}
	return app_histogram_percentile(&cycles, 5000);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "workload.h"

/** As loop; each bulk is written to when it has been got, as a driver does. */
static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	const unsigned int kept = worker->cell->kept, bulk = worker->cell->bulk;
	const unsigned int lines = worker->cell->touch_lines;
	void **objects = worker->objects;
	unsigned int got, put, n;
	uint64_t i;

	for (i = 0; i < iterations; i++) {
		for (got = 0; got < kept; got += n) {
			n = RTE_MIN(bulk, kept - got);
			if (!bench_get(worker, &objects[got], n))
				break;
			bench_touch_objects(&objects[got], n, lines);
		}
		for (put = 0; put < got; put += n) {
			n = RTE_MIN(bulk, got - put);
			bench_put(worker, &objects[put], n);
		}
		if (got < kept)
			break;
	}
	return i * kept;
}

const struct bench_workload bench_touch = {
	.name = "touch",
	.meaning = "as loop, writing the first --touch-lines cache lines of each object",
	.patience = 1,
	.iterate = iterate,
};

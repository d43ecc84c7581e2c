/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "workload.h"

/* An mbuf's structure stays as it is; what is behind it, if anything, is filled. */
#define FILL_FROM 128
#define FILL      0x5a

static void
fill(void *object, uint32_t elt)
{
	memset((uint8_t *)object + FILL_FROM, FILL, elt - FILL_FROM);
}

/* Each byte is like the one before it, and the first is as it must be. */
static bool
is_filled(const void *object, uint32_t elt)
{
	const uint8_t *bytes = (const uint8_t *)object + FILL_FROM;

	return elt <= FILL_FROM ||
	       (bytes[0] == FILL && memcmp(bytes, bytes + 1, elt - FILL_FROM - 1) == 0);
}

/** As touch; what is got was filled by the put before, and is compared. */
static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	const unsigned int kept = worker->cell->kept, bulk = worker->cell->bulk;
	void **objects = worker->objects;
	unsigned int got, put, n, k;
	uint64_t i, wrong = 0;

	for (i = 0; i < iterations; i++) {
		for (got = 0; got < kept; got += n) {
			n = RTE_MIN(bulk, kept - got);
			if (!bench_get(worker, &objects[got], n))
				break;
			for (k = got; k < got + n; k++)
				wrong += !is_filled(objects[k], worker->cell->elt);
			bench_touch_objects(&objects[got], n, worker->cell->touch_lines);
		}
		for (put = 0; put < got; put += n) {
			n = RTE_MIN(bulk, got - put);
			for (k = put; k < put + n; k++)
				fill(objects[k], worker->cell->elt);
			bench_put(worker, &objects[put], n);
		}
		if (got < kept)
			break;
	}
	/* Objects got for the first time are not filled: what counts is that all were compared. */
	__asm__ volatile("" : : "r"(wrong));
	return i * kept;
}

const struct bench_workload bench_fill = {
	.name = "fill",
	.meaning =
		"as touch; all bytes behind the mbuf are written at the put, compared at the get",
	.patience = 1,
	.iterate = iterate,
};

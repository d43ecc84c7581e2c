/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

#include "app_message.h"
#include "pools.h"

/* Header, seal and gaps of an object: generous, for this only sizes memory. */
#define OBJECT_OVERHEAD 192
#define HUGE_PAGE       (UINT64_C(2) << 20)

uint64_t
bench_pool_least(const struct bench_cell *cell)
{
	/* A cache holds up to 1.5 times its size, and a get may ask for more than it has. */
	uint64_t per_lcore = cell->kept + cell->cache + cell->cache / 2 + 2 * cell->bulk;

	return cell->lcores * per_lcore;
}

uint64_t
bench_pool_bytes(const struct bench_cell *cell, uint64_t page)
{
	uint64_t object = cell->elt + OBJECT_OVERHEAD;

	/* On small pages none crosses the end of a page. */
	if (page < HUGE_PAGE)
		object = object <= page ? page / (page / object) : RTE_ALIGN_CEIL(object, page);
	return RTE_ALIGN_CEIL(cell->size * object, HUGE_PAGE);
}

static int
fill(struct rte_mempool *mp, const struct bench_handler *handler, const struct bench_cell *cell)
{
	const bool mbufs = cell->elt >= BENCH_LEAST_MBUF;
	struct rte_pktmbuf_pool_private priv = {
		.mbuf_data_room_size = (uint16_t)(cell->elt - sizeof(struct rte_mbuf)),
	};
	int ret;

	ret = rte_mempool_set_ops_byname(mp, handler->name, (void *)(uintptr_t)handler->options);
	if (ret != 0)
		return ret;
	if (mbufs)
		rte_pktmbuf_pool_init(mp, &priv);
	ret = rte_mempool_populate_default(mp);
	if (ret < 0)
		return ret;
	/* all=on has made a labyrinth of it. */
	if (rte_labyrinth_is(mp) && strcmp(handler->name, RTE_LABYRINTH_OPS_NAME) != 0)
		return -ENOTSUP;
	if (mbufs)
		rte_mempool_obj_iter(mp, rte_pktmbuf_init, NULL);
	return 0;
}

/** Shuffle, in the same way each time: every handler gets the same order. */
static void
shuffle(void **objects, unsigned int nb)
{
	uint64_t x = BENCH_SEED;
	unsigned int i, n;

	for (i = nb; i > 1; i--) {
		n = bench_draw(&x, i);
		RTE_SWAP(objects[i - 1], objects[n]);
	}
}

/** What hours of mixed traffic do: take all objects and put them back in another order. */
static int
age(struct rte_mempool *mp)
{
	const unsigned int bulk = RTE_MIN(mp->size, 32u);
	void **objects = calloc(mp->size, sizeof(*objects));
	unsigned int i, n, got;
	int ret = 0;

	if (objects == NULL)
		return -ENOMEM;
	for (got = 0; got < mp->size && ret == 0; got += ret == 0 ? n : 0) {
		n = RTE_MIN(bulk, mp->size - got);
		ret = rte_mempool_generic_get(mp, &objects[got], n, NULL);
	}
	shuffle(objects, got);
	for (i = 0; i < got; i += n) {
		n = RTE_MIN(bulk, got - i);
		rte_mempool_generic_put(mp, &objects[i], n, NULL);
	}
	free(objects);
	return ret;
}

struct rte_mempool *
bench_pool_create(const struct bench_handler *handler, const struct bench_cell *cell,
                  uint64_t *cycles)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];
	uint64_t begin = rte_rdtsc();
	struct rte_mempool *mp;
	int ret;

	snprintf(name, sizeof(name), "bench_%u", serial++);
	mp = rte_mempool_create_empty(name, cell->size, cell->elt, cell->cache,
	                              sizeof(struct rte_pktmbuf_pool_private), SOCKET_ID_ANY, 0);
	if (mp == NULL)
		return NULL;
	ret = fill(mp, handler, cell);
	if (cycles != NULL)
		*cycles = rte_rdtsc() - begin;
	if (ret == 0 && cell->aged)
		ret = age(mp);
	if (ret != 0) {
		rte_mempool_free(mp);
		rte_errno = -ret;
		return NULL;
	}
	return mp;
}

void
bench_pool_describe(const char *label, const struct rte_mempool *mp)
{
	struct rte_labyrinth_info info;

	if (rte_labyrinth_info_get(mp, &info) != 0)
		return;
	if (info.backing == RTE_LABYRINTH_BACKING_MAZE)
		app_notice("%s: profile %s in a maze of %zu KiB pages", label, info.profile,
		           info.page_size >> 10);
	else
		app_notice("%s: profile %s in memory of EAL", label, info.profile);
}

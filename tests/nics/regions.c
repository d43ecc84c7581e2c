/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>

#include <rte_mbuf.h>
#include <rte_memory.h>

#include "regions.h"
#include "rte_mempool_labyrinth.h"

#define PAGE 4096u

static int
by_begin(const void *a, const void *b)
{
	const struct nics_range *x = a;
	const struct nics_range *y = b;

	return (x->begin > y->begin) - (x->begin < y->begin);
}

unsigned int
nics_ranges_of_pool(struct rte_mempool *mp, struct nics_range *ranges)
{
	const struct rte_mempool_memhdr *chunk;
	unsigned int chunks = 0;
	unsigned int n = 0;
	unsigned int i;

	STAILQ_FOREACH (chunk, &mp->mem_list, next) {
		uintptr_t begin = (uintptr_t)chunk->addr;

		ranges[chunks].begin = RTE_ALIGN_FLOOR(begin, PAGE);
		ranges[chunks++].end = RTE_ALIGN_CEIL(begin + chunk->len, PAGE);
	}
	qsort(ranges, chunks, sizeof(*ranges), by_begin);
	for (i = 0; i < chunks; i++) {
		if (n > 0 && ranges[i].begin <= ranges[n - 1].end)
			ranges[n - 1].end = RTE_MAX(ranges[n - 1].end, ranges[i].end);
		else
			ranges[n++] = ranges[i];
	}
	return n;
}

struct walk {
	uintptr_t window;
	size_t len;
	size_t seen;
	unsigned int ranges;
};

static int
range(const struct rte_memseg_list *list, const struct rte_memseg *first, size_t len, void *arg)
{
	struct walk *walk = arg;

	(void)list;
	if (first->addr_64 - walk->window < walk->len) {
		walk->ranges++;
		walk->seen += len;
	}
	return 0;
}

unsigned int
nics_ranges_of_eal(const struct rte_mempool *mp, unsigned int *walls)
{
	const struct rte_mempool_memhdr *chunk;
	struct rte_labyrinth_info info;
	struct walk walk = {.ranges = 0};
	size_t memory = 0;

	*walls = 0;
	if (rte_labyrinth_info_get(mp, &info) != 0 || info.entrance == NULL)
		return 0;
	walk.window = (uintptr_t)info.entrance;
	walk.len = info.window_len;
	rte_memseg_contig_walk(range, &walk);
	STAILQ_FOREACH (chunk, &mp->mem_list, next) {
		if ((uintptr_t)chunk->addr - walk.window < walk.len)
			memory += chunk->len;
	}
	/* Missed memory is as wrong as walls. */
	*walls = (unsigned int)((walk.seen > memory ? walk.seen - memory : memory - walk.seen) >>
	                        21);
	return walk.ranges;
}

static void
iova_check(struct rte_mempool *mp, void *arg, void *object, unsigned int index)
{
	struct rte_mbuf *mbuf = object;
	unsigned int *wrong = arg;

	(void)index;
	*wrong += rte_mbuf_iova_get(mbuf) !=
	          rte_mempool_virt2iova(mbuf) + sizeof(*mbuf) + rte_pktmbuf_priv_size(mp);
}

unsigned int
nics_iovas_wrong(struct rte_mempool *mp)
{
	unsigned int wrong = 0;

	if (rte_mempool_obj_iter(mp, iova_check, &wrong) != mp->size)
		return mp->size;
	return wrong;
}

struct limit {
	uint64_t below;
	unsigned int beyond;
};

static void
limit_check(struct rte_mempool *mp, void *arg, void *object, unsigned int index)
{
	struct limit *limit = arg;

	(void)index;
	limit->beyond += rte_mempool_virt2iova(object) + mp->elt_size > limit->below;
}

unsigned int
nics_iovas_beyond(struct rte_mempool *mp, unsigned int bits)
{
	struct limit limit = {.below = UINT64_C(1) << bits};

	rte_mempool_obj_iter(mp, limit_check, &limit);
	return limit.beyond;
}

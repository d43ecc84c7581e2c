/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>

#include <rte_common.h>
#include <rte_memory.h>
#include <rte_mempool_labyrinth.h>

#include "kit_pools.h"
#include "lcores.h"

/* Drivers register whole pages of this size, whatever pages there are. */
#define PAGE 4096u

/* A broken rule is a line of the report, and no reason to stop. */
#define LABYRINTH(profile, memory)                                     \
	{                                                              \
		profile "," memory, RTE_LABYRINTH_OPS_NAME,            \
			"violation=report,profile=" profile "," memory \
	}

const struct fwd_kit_kind fwd_kit_kinds[FWD_KIT_ROWS] = {
	{"ring_mp_mc", "ring_mp_mc", NULL}, LABYRINTH("fast", "halls=auto"),
	LABYRINTH("fast", "halls=1"),       LABYRINTH("fast", "halls=64"),
	LABYRINTH("fast", "backing=eal"),   LABYRINTH("guard", "halls=auto"),
	LABYRINTH("guard", "halls=1"),      LABYRINTH("guard", "halls=64"),
	LABYRINTH("guard", "backing=eal"),
};

int
fwd_kit_pools_make(struct fwd_pools *pools, const struct fwd_kit_kind *kind, unsigned int set,
                   const struct fwd_options *options, const struct fwd_ports *ports)
{
	struct fwd_demand demand = {
		.lcores = (unsigned int)fwd_lcores_count(options) + 1,
		.descriptors = fwd_ports_descriptors(ports, options),
	};
	unsigned int i;

	*pools = (struct fwd_pools){.ops = kind->ops, .options = kind->options, .set = set};
	for (i = 0; i < ports->nb; i++) {
		if (fwd_pools_add(pools, options, ports->port[i].socket,
		                  fwd_pools_size(options, &demand)) == 0)
			continue;
		fwd_pools_free(pools);
		return -1;
	}
	return 0;
}

struct range {
	uintptr_t begin;
	uintptr_t end;
};

static int
by_begin(const void *a, const void *b)
{
	const struct range *one = a, *other = b;

	return (one->begin > other->begin) - (one->begin < other->begin);
}

/** As drivers that register memory with their NIC make regions of a pool. */
static uint32_t
count_regions(const struct rte_mempool *mp)
{
	struct range *ranges = calloc(mp->nb_mem_chunks, sizeof(*ranges));
	const struct rte_mempool_memhdr *chunk;
	uint32_t nb = 0, regions = 0, i;
	uintptr_t end = 0;

	if (ranges == NULL)
		return 0;
	STAILQ_FOREACH (chunk, &mp->mem_list, next) {
		ranges[nb].begin = RTE_ALIGN_FLOOR((uintptr_t)chunk->addr, PAGE);
		ranges[nb++].end = RTE_ALIGN_CEIL((uintptr_t)chunk->addr + chunk->len, PAGE);
	}
	qsort(ranges, nb, sizeof(*ranges), by_begin);
	for (i = 0; i < nb; i++) {
		regions += ranges[i].begin > end || i == 0;
		end = RTE_MAX(end, ranges[i].end);
	}
	free(ranges);
	return regions;
}

/** A chunk in a list that an earlier one lies in is not counted again. */
static uint32_t
count_lists(const struct rte_mempool *mp)
{
	const struct rte_memseg_list *seen[16];
	const struct rte_mempool_memhdr *chunk;
	uint32_t nb = 0, i;

	STAILQ_FOREACH (chunk, &mp->mem_list, next) {
		const struct rte_memseg_list *list = rte_mem_virt2memseg_list(chunk->addr);

		for (i = 0; i < nb && seen[i] != list; i++)
			continue;
		if (i == nb && list != NULL && nb < RTE_DIM(seen))
			seen[nb++] = list;
	}
	return nb;
}

/** Of the memory that holds most of a pool: its first chunk. */
static size_t
page_of(const struct rte_mempool *mp)
{
	const struct rte_mempool_memhdr *chunk = STAILQ_FIRST(&mp->mem_list);
	const struct rte_memseg_list *list = NULL;

	if (chunk != NULL)
		list = rte_mem_virt2memseg_list(chunk->addr);
	return list != NULL ? (size_t)list->page_sz : 0;
}

void
fwd_kit_pools_describe(const struct fwd_pools *pools, struct fwd_kit_memory *memory)
{
	unsigned int i;

	*memory = (struct fwd_kit_memory){.backing = "eal"};
	for (i = 0; i < pools->nb; i++) {
		const struct rte_mempool *mp = pools->pool[i].mp;
		struct rte_labyrinth_info info = {0};

		memory->mbufs = mp->size;
		memory->page = page_of(mp);
		if (rte_labyrinth_info_get(mp, &info) == 0 &&
		    info.backing == RTE_LABYRINTH_BACKING_MAZE) {
			memory->backing = "maze";
			memory->page = info.page_size;
		}
		memory->pages += info.pages;
		memory->halls += info.halls;
		memory->chunks += mp->nb_mem_chunks;
		memory->regions += count_regions(mp);
		memory->lists += count_lists(mp);
	}
}

uint64_t
fwd_kit_pools_violations(const struct fwd_pools *pools)
{
	struct rte_labyrinth_stats stats;
	uint64_t violations = 0;
	unsigned int i;

	for (i = 0; i < pools->nb; i++)
		if (rte_labyrinth_stats_get(pools->pool[i].mp, &stats) == 0)
			violations += stats.violations;
	return violations;
}

uint64_t
fwd_kit_pools_missing(const struct fwd_pools *pools)
{
	uint64_t missing = 0;
	unsigned int i;

	for (i = 0; i < pools->nb; i++)
		missing +=
			pools->pool[i].before -
			RTE_MIN(pools->pool[i].before, rte_mempool_avail_count(pools->pool[i].mp));
	return missing;
}

uint64_t
fwd_kit_pools_retire(struct fwd_pools *pools)
{
	const uint64_t missing = fwd_kit_pools_missing(pools);

	pools->left = missing > 0;
	fwd_pools_free(pools);
	return missing;
}

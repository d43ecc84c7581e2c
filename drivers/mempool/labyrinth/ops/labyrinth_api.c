/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What rte_mempool_labyrinth.h offers.
 */

#include <string.h>

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "labyrinth_giga.h"
#include "labyrinth_log.h"
#include "labyrinth_nics.h"
#include "labyrinth_pool.h"

#define LABYRINTH_EXPORT __attribute__((visibility("default")))

static size_t
page_size(const struct labyrinth_maze *maze)
{
	if (maze->pages == LABYRINTH_MAZE_GIGA)
		return LABYRINTH_GIGA_LEN;
	if (maze->pages == LABYRINTH_MAZE_HUGE ||
	    (maze->pages == LABYRINTH_MAZE_THP && maze->transparent == maze->blocks))
		return LABYRINTH_SLOT_SIZE;
	return LABYRINTH_PAGE_SIZE;
}

LABYRINTH_EXPORT int
rte_labyrinth_info_get(const struct rte_mempool *mp, struct rte_labyrinth_info *info)
{
	const struct labyrinth_pool *pool;
	bool maze;

	if (info == NULL || !rte_labyrinth_is(mp))
		return -EINVAL;
	pool = labyrinth_pool_of(mp);
	maze = pool->backing == RTE_LABYRINTH_BACKING_MAZE;
	*info = (struct rte_labyrinth_info){
		.backing = pool->backing,
		.profile = labyrinth_profile_name(pool->options.profile),
		.entrance = maze ? pool->maze.entrance : NULL,
		.window_len = maze ? (size_t)pool->maze.slots * LABYRINTH_SLOT_SIZE : 0,
		.page_size = maze ? page_size(&pool->maze) : 0,
		.frames = mp->populated_size,
		.frame_stride = (uint32_t)labyrinth_frame_stride(mp),
		.lanes = labyrinth_lanes(labyrinth_of(mp)),
		.footprint = pool->footprint,
		.halls = maze ? pool->maze.halls : 0,
		.chunks = mp->nb_mem_chunks,
	};
	if (maze)
		info->pages = info->page_size == LABYRINTH_GIGA_LEN
		                      ? labyrinth_giga_pages_of(&pool->maze)
		                      : (uint32_t)(pool->maze.blocks *
		                                   (LABYRINTH_SLOT_SIZE / info->page_size));
	return 0;
}

LABYRINTH_EXPORT int
rte_labyrinth_stats_get(const struct rte_mempool *mp, struct rte_labyrinth_stats *stats)
{
	struct labyrinth_stats raw;

	if (stats == NULL || !rte_labyrinth_is(mp))
		return -EINVAL;
	labyrinth_stats(labyrinth_of(mp), &raw);
	*stats = (struct rte_labyrinth_stats){
		.size = raw.frames,
		.available = raw.available,
		.cached = raw.cached,
		.quarantined = raw.quarantined,
		.used = raw.used,
		.peak = raw.peak,
		.refills = raw.refills,
		.flushes = raw.flushes,
		.steals = raw.steals,
		.failures = raw.failures,
		.injected = raw.injected,
		.violations = raw.violations,
	};
	return 0;
}

LABYRINTH_EXPORT int
rte_labyrinth_nic_needs_get(const struct rte_labyrinth_nic *nic,
                            struct rte_labyrinth_nic_needs *needs)
{
	const struct labyrinth_nic *known;

	if (nic == NULL || needs == NULL || nic->bus == NULL || nic->name == NULL)
		return -EINVAL;
	known = labyrinth_nic_find(&(struct labyrinth_nic_query){
		.bus = nic->bus,
		.name = nic->name,
		.driver = nic->driver,
		.args = nic->args,
		.vendor = nic->vendor,
	});
	*needs = (struct rte_labyrinth_nic_needs){0};
	if (known == NULL)
		return 0;
	needs->why = known->why;
	needs->halls = (known->traits & LABYRINTH_NIC_LOOKUP) != 0;
	needs->addr_bits = known->dma_bits;
	needs->eal = (known->traits & LABYRINTH_NIC_EAL) != 0;
	needs->eal_pa = (known->traits & LABYRINTH_NIC_EAL_PA) != 0;
	needs->own_dma = (known->traits & LABYRINTH_NIC_OWN_DMA) != 0;
	return 0;
}

/* As rte_pktmbuf_pool_create_by_ops() does it, with options. */
static int
pool_fill(struct rte_mempool *mp, uint16_t priv_size, uint16_t data_room_size, const char *options)
{
	struct rte_pktmbuf_pool_private priv = {
		.mbuf_data_room_size = data_room_size,
		.mbuf_priv_size = priv_size,
	};
	int ret;

	ret = rte_mempool_set_ops_byname(mp, RTE_LABYRINTH_OPS_NAME, (void *)(uintptr_t)options);
	if (ret != 0) {
		LAB_LOG(ERR, "pool %s: the handler %s cannot be set: %s", mp->name,
		        RTE_LABYRINTH_OPS_NAME,
		        ret == -EINVAL ? "it is not registered" : rte_strerror(-ret));
		return ret == -EINVAL ? -ENOENT : ret;
	}
	rte_pktmbuf_pool_init(mp, &priv);
	ret = rte_mempool_populate_default(mp);
	/* The options are the caller's: no pointer to them may stay behind. */
	mp->pool_config = NULL;
	if (ret < 0)
		return ret;
	rte_mempool_obj_iter(mp, rte_pktmbuf_init, NULL);
	return 0;
}

LABYRINTH_EXPORT struct rte_mempool *
rte_labyrinth_pktmbuf_pool_create(const char *name, unsigned int n, unsigned int cache_size,
                                  uint16_t priv_size, uint16_t data_room_size, int socket_id,
                                  const char *options)
{
	unsigned int elt_size = (unsigned int)sizeof(struct rte_mbuf) + priv_size + data_room_size;
	struct rte_mempool *mp;
	int ret;

	if (name == NULL || priv_size % RTE_MBUF_PRIV_ALIGN != 0) {
		rte_errno = EINVAL;
		return NULL;
	}
	mp = rte_mempool_create_empty(name, n, elt_size, cache_size,
	                              sizeof(struct rte_pktmbuf_pool_private), socket_id, 0);
	if (mp == NULL) {
		LAB_LOG(ERR, "pool %s: DPDK makes no mempool of %u elements on socket %d: %s", name,
		        n, socket_id, rte_strerror(rte_errno));
		return NULL;
	}
	ret = pool_fill(mp, priv_size, data_room_size, options);
	if (ret != 0) {
		rte_mempool_free(mp);
		rte_errno = -ret;
		return NULL;
	}
	return mp;
}

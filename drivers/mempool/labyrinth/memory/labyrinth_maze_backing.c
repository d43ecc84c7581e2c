/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* A pool's maze: mapped, made known to EAL, devices and secondary processes. */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_fbarray.h>
#include <rte_memory.h>

#include "labyrinth_backing.h"
#include "labyrinth_dma.h"
#include "labyrinth_dump.h"
#include "labyrinth_freed.h"
#include "labyrinth_giga_backing.h"
#include "labyrinth_log.h"
#include "labyrinth_share.h"
#include "labyrinth_window.h"

#define WINDOWS_TRIED 4

static_assert(LABYRINTH_HALLS_MOST <= LABYRINTH_MAZE_HALLS_MAX,
              "halls= allows what a maze does not");

/* What failed, in words. */
static const char *
failure(int err, enum labyrinth_maze_pages pages, int node)
{
	if (err == -ENODEV)
		return "no such NUMA node";
	if (err == -EXDEV)
		return "the kernel took pages of another NUMA node";
	if (err != -ENOMEM)
		return "the maze cannot be mapped";
	if (pages != LABYRINTH_MAZE_HUGE)
		return "not enough memory left";
	return node == LABYRINTH_NODE_ANY ? "not enough huge pages left"
	                                  : "not enough huge pages left on the pool's NUMA node";
}

static void
warn(const struct rte_mempool *mp, const struct labyrinth_maze *maze)
{
	if (!maze->locked)
		LAB_LOG(WARNING,
		        "pool %s: 4 KiB pages cannot be locked in memory: raise "
		        "RLIMIT_MEMLOCK",
		        mp->name);
	if (!maze->bound)
		LAB_LOG(WARNING,
		        "pool %s: cannot be bound to NUMA node %d: the kernel does not allow it; "
		        "its pages may lie on any node",
		        mp->name, mp->socket_id);
}

static int
make_once(const struct rte_mempool *mp, struct labyrinth_pool *pool,
          enum labyrinth_maze_pages pages, const struct labyrinth_needs *needs, const char **why)
{
	struct labyrinth_maze_params params = {
		.blocks = pool->blocks,
		.pages = pages,
		.node = labyrinth_node_of(mp),
		.addr_bits = needs->addr_bits,
		.halls = pool->options.halls != 0 ? pool->options.halls : needs->halls,
	};
	uint8_t seed[LABYRINTH_SEED_LEN];
	int ret;

	*why = "no random numbers from the kernel";
	ret = labyrinth_seed_draw(seed);
	if (ret != 0)
		return ret;
	ret = labyrinth_maze_map(&pool->maze, &params, pool->slot_of, seed);
	explicit_bzero(seed, sizeof(seed));
	*why = failure(ret, pages, params.node);
	if (ret != 0)
		return ret;
	warn(mp, &pool->maze);
	labyrinth_dump_allow(mp, pool);
	*why = "EAL cannot register the window";
	ret = labyrinth_window_register(pool);
	if (ret == 0) {
		*why = "a device cannot map the window for DMA";
		ret = labyrinth_dma_map(pool);
	}
	if (ret == 0) {
		*why = "a secondary process cannot map the window";
		ret = labyrinth_share_add(mp, pool);
	}
	if (ret != 0)
		labyrinth_maze_drop(pool, NULL);
	return ret;
}

int
labyrinth_maze_make(const struct rte_mempool *mp, struct labyrinth_pool *pool,
                    enum labyrinth_maze_pages pages, const struct labyrinth_needs *needs,
                    const char **why)
{
	int ret = -EADDRINUSE;
	unsigned int i;

	labyrinth_window_unregister_late();
	/* What is free here may be taken in a secondary process. */
	for (i = 0; i < WINDOWS_TRIED && ret == -EADDRINUSE; i++)
		ret = make_once(mp, pool, pages, needs, why);
	return ret;
}

void
labyrinth_maze_drop(struct labyrinth_pool *pool, const struct rte_mempool *mp)
{
	struct labyrinth_maze *maze = &pool->maze;
	int ret;

	if (maze->entrance == NULL)
		return;
	if (maze->pages == LABYRINTH_MAZE_GIGA) {
		labyrinth_giga_drop(pool);
		return;
	}
	labyrinth_share_remove(pool);
	labyrinth_dma_unmap(pool);
	if (pool->registered) {
		ret = labyrinth_window_unregister(maze->entrance,
		                                  (size_t)maze->slots * LABYRINTH_SLOT_SIZE);
		if (ret != 0)
			LAB_LOG(ERR, "window at %p: EAL does not release it: %s%s", maze->entrance,
			        rte_strerror(-ret),
			        ret == -EBUSY ? " (by a secondary process); tried again later"
			                      : "");
	}
	pool->registered = false;
	/* Ports may still hold frames of it, and will touch them. */
	if (mp != NULL && pool->open && labyrinth_maze_wall_up(maze) == 0)
		labyrinth_freed_keep(mp, maze);
	else
		labyrinth_maze_unmap(maze);
	maze->entrance = NULL;
}

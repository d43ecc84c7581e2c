/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* A pool's maze: mapped, made known to EAL, devices and secondary processes. */

#include <assert.h>
#include <pthread.h>
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

/*
 * Mazes of pools that are gone, and which EAL would map for the next device of VFIO:
 * copies, until one is there that takes them out of EAL's table.
 */
static struct labyrinth_pool *retired;
static pthread_mutex_t retired_lock = PTHREAD_MUTEX_INITIALIZER;

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

/* The last that is undone. */
static void
window_drop(struct labyrinth_pool *pool, const struct rte_mempool *mp)
{
	struct labyrinth_maze *maze = &pool->maze;
	int ret;

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
	if (mp != NULL && pool->open && labyrinth_maze_wall_up(maze) == 0) {
		labyrinth_freed_keep(mp, maze);
	} else {
		labyrinth_freed_forget(mp);
		labyrinth_maze_unmap(maze);
	}
	maze->entrance = NULL;
}

/* False: no memory for it. */
static bool
retire(const struct labyrinth_pool *pool)
{
	size_t len = pool->maze.blocks * sizeof(pool->slot_of[0]);
	struct labyrinth_pool *copy = aligned_alloc(alignof(struct labyrinth_pool), sizeof(*copy));
	uint32_t *slot_of = malloc(len);

	if (copy == NULL || slot_of == NULL) {
		free(copy);
		free(slot_of);
		return false;
	}
	memcpy(slot_of, pool->slot_of, len);
	*copy = *pool;
	copy->slot_of = slot_of;
	copy->maze.slot_of = slot_of;
	pthread_mutex_lock(&retired_lock);
	copy->next_page = retired;
	retired = copy;
	pthread_mutex_unlock(&retired_lock);
	return true;
}

static void
release_retired(void)
{
	struct labyrinth_pool **at = &retired;
	struct labyrinth_pool *pool;

	pthread_mutex_lock(&retired_lock);
	while ((pool = *at) != NULL) {
		if (!labyrinth_dma_unmap(pool)) {
			at = &pool->next_page;
			continue;
		}
		*at = pool->next_page;
		window_drop(pool, NULL);
		free(pool->slot_of);
		free(pool);
	}
	pthread_mutex_unlock(&retired_lock);
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

	release_retired();
	labyrinth_window_unregister_late();
	/* What is free here may be taken in a secondary process, or kept for a freed pool. */
	for (i = 0; i < WINDOWS_TRIED && ret == -EADDRINUSE; i++) {
		do
			ret = make_once(mp, pool, pages, needs, why);
		while (ret == -EADDRNOTAVAIL && labyrinth_freed_give_back());
	}
	return ret;
}

void
labyrinth_maze_drop(struct labyrinth_pool *pool, const struct rte_mempool *mp)
{
	struct labyrinth_maze *maze = &pool->maze;
	bool noted;

	if (maze->entrance == NULL)
		return;
	if (maze->pages == LABYRINTH_MAZE_GIGA) {
		labyrinth_giga_drop(pool);
		return;
	}
	labyrinth_share_remove(pool);
	if (labyrinth_dma_unmap(pool)) {
		window_drop(pool, mp);
		return;
	}
	labyrinth_freed_forget(mp);
	noted = retire(pool);
	LAB_LOG(NOTICE,
	        "pool %s: no device of VFIO is left to unmap its %zu MiB from: they stay until %s",
	        pool->mp->name, (size_t)maze->blocks * LABYRINTH_SLOT_SIZE >> 20,
	        noted ? "one is there and another pool is made" : "the process ends");
	pool->registered = false;
	maze->entrance = NULL;
}

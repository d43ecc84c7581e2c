/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The maze as EAL sees it: one piece of external memory, walls included.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_fbarray.h>
#include <rte_memory.h>

#include "labyrinth_backing.h"
#include "labyrinth_dump.h"
#include "labyrinth_freed.h"
#include "labyrinth_giga_backing.h"
#include "labyrinth_log.h"
#include "labyrinth_share.h"

#define WINDOWS_TRIED 4

static_assert(LABYRINTH_HALLS_MOST <= LABYRINTH_MAZE_HALLS_MAX,
              "halls= allows what a maze does not");

#define LINGERING_MAX 16

static bool
iova_is_va(void)
{
	return rte_eal_iova_mode() == RTE_IOVA_VA;
}

/* Inside of a hall, that is: one in a 1 GiB page never leaves it. */
static bool
iovas_follow(const struct labyrinth_maze *maze)
{
	return iova_is_va() || maze->pages == LABYRINTH_MAZE_GIGA;
}

rte_iova_t
labyrinth_maze_iova_of(const void *at)
{
	return iova_is_va() ? (rte_iova_t)(uintptr_t)at : rte_mem_virt2iova(at);
}

uint32_t
labyrinth_pieces(const struct labyrinth_pool *pool)
{
	return iovas_follow(&pool->maze) ? pool->maze.halls : pool->maze.blocks;
}

struct labyrinth_piece
labyrinth_piece(const struct labyrinth_pool *pool, uint32_t i)
{
	const struct labyrinth_maze *maze = &pool->maze;
	struct labyrinth_hall hall = iovas_follow(maze)
	                                     ? labyrinth_maze_hall(maze, i)
	                                     : (struct labyrinth_hall){maze->slot_of[i], 1};
	uint8_t *at = (uint8_t *)maze->entrance + (size_t)hall.slot * LABYRINTH_SLOT_SIZE;

	return (struct labyrinth_piece){at, labyrinth_maze_iova_of(at), hall.blocks};
}

/*
 * EAL takes all that is registered for memory. Whoever walks its contiguous memory,
 * as drivers do that register it piece by piece, would find the walls in it: they are
 * marked free in EAL's table, which all processes share.
 */
static int
free_walls(const struct labyrinth_maze *maze, const rte_iova_t *iovas)
{
	struct rte_memseg_list *list = rte_mem_virt2memseg_list(maze->entrance);
	uint32_t i;

	if (list == NULL)
		return -EFAULT;
	for (i = 0; i < maze->slots; i++) {
		if (iovas[i] == RTE_BAD_IOVA &&
		    rte_fbarray_set_free(&list->memseg_arr, (int)i) != 0)
			return -rte_errno;
	}
	return 0;
}

/*
 * One registration for the whole window makes one memory segment list of the
 * 128 there are. Pages count as 2 MiB ones even if they are small: their IOVA
 * is then their address, which is contiguous.
 */
static int
register_window(struct labyrinth_pool *pool)
{
	const struct labyrinth_maze *maze = &pool->maze;
	size_t len = (size_t)maze->slots * LABYRINTH_SLOT_SIZE;
	rte_iova_t *iovas;
	uint32_t i;
	int ret = 0;

	iovas = malloc(maze->slots * sizeof(*iovas));
	if (iovas == NULL)
		return -ENOMEM;
	for (i = 0; i < maze->slots; i++)
		iovas[i] = RTE_BAD_IOVA;
	for (i = 0; i < maze->blocks && ret == 0; i++) {
		iovas[maze->slot_of[i]] = labyrinth_maze_iova_of(labyrinth_maze_block(maze, i));
		if (iovas[maze->slot_of[i]] == RTE_BAD_IOVA)
			ret = -EPERM;
	}
	if (ret == 0 &&
	    rte_extmem_register(maze->entrance, len, iovas, maze->slots, LABYRINTH_SLOT_SIZE) != 0)
		ret = -rte_errno;
	pool->registered = ret == 0;
	if (ret == 0)
		ret = free_walls(maze, iovas);
	free(iovas);
	return ret;
}

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

int
labyrinth_node_of(const struct rte_mempool *mp)
{
	return mp->socket_id == SOCKET_ID_ANY ? LABYRINTH_NODE_ANY : mp->socket_id;
}

/*
 * Windows that EAL would not forget since a secondary process, stopped or busy,
 * had not left them yet. Each takes one of EAL's memory segment lists.
 */
static struct {
	void *entrance;
	size_t len;
} lingering[LINGERING_MAX];

int
labyrinth_window_unregister(void *entrance, size_t len)
{
	unsigned int i;
	int ret;

	ret = rte_extmem_unregister(entrance, len) == 0 ? 0 : -rte_errno;
	for (i = 0; ret == -EBUSY && i < LINGERING_MAX; i++) {
		if (lingering[i].entrance != NULL)
			continue;
		lingering[i].entrance = entrance;
		lingering[i].len = len;
		break;
	}
	return ret;
}

static void
unregister_lingering(void)
{
	unsigned int i;

	for (i = 0; i < LINGERING_MAX; i++) {
		if (lingering[i].entrance != NULL &&
		    rte_extmem_unregister(lingering[i].entrance, lingering[i].len) == 0)
			lingering[i].entrance = NULL;
	}
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
	ret = register_window(pool);
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

	unregister_lingering();
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

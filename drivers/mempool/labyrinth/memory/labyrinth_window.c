/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The window as EAL knows it: one piece of external memory, and what devices see of it. */

#include <errno.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_fbarray.h>
#include <rte_memory.h>

#include "labyrinth_window.h"

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
labyrinth_window_iova(const void *at)
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

	return (struct labyrinth_piece){at, labyrinth_window_iova(at), hall.blocks};
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
int
labyrinth_window_register(struct labyrinth_pool *pool)
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
		iovas[maze->slot_of[i]] = labyrinth_window_iova(labyrinth_maze_block(maze, i));
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

void
labyrinth_window_unregister_late(void)
{
	unsigned int i;

	for (i = 0; i < LINGERING_MAX; i++) {
		if (lingering[i].entrance != NULL &&
		    rte_extmem_unregister(lingering[i].entrance, lingering[i].len) == 0)
			lingering[i].entrance = NULL;
	}
}

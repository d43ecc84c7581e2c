/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_BACKING_H
#define LABYRINTH_BACKING_H

/*
 * Where a pool's frames lie: the choice, and the maze as EAL sees it.
 */

#include "labyrinth_needs.h"
#include "labyrinth_pool.h"

/*
 * Choose the backing of a pool that is about to be populated; makes the maze
 * if that is the choice. Returns 0, or a negative errno after one log line.
 */
int
labyrinth_backing_choose(const struct rte_mempool *mp, struct labyrinth_pool *pool);

/* The pool gets memory its application brought. */
void
labyrinth_backing_given(const struct rte_mempool *mp, struct labyrinth_pool *pool);

/*
 * Map the pool's maze, make EAL and devices know it. Returns 0, or a negative
 * errno with nothing left behind and `why` set to what failed.
 */
int
labyrinth_maze_make(const struct rte_mempool *mp, struct labyrinth_pool *pool,
                    enum labyrinth_maze_pages pages, const struct labyrinth_needs *needs,
                    const char **why);

/*
 * Have EAL forget a window: 0, or a negative errno. With -EBUSY, by a secondary
 * process that has not left it yet, it is tried again when the next maze is made that is
 * not in 1 GiB pages.
 */
int
labyrinth_window_unregister(void *entrance, size_t len);

/* Undo it. The addresses of a pool that was in use, `mp` else NULL, stay reserved. */
void
labyrinth_maze_drop(struct labyrinth_pool *pool, const struct rte_mempool *mp);

/* IOVA of a page of a maze, or RTE_BAD_IOVA. */
rte_iova_t
labyrinth_maze_iova_of(const void *at);

/* The node to bind to: mempool's socket is EAL's name for it. */
int
labyrinth_node_of(const struct rte_mempool *mp);

/*
 * A piece of a maze as devices see it: blocks whose addresses for DMA follow one
 * another. A hall where these are virtual, a block where they are physical.
 */
struct labyrinth_piece {
	void *at;
	rte_iova_t iova;
	uint32_t blocks;
};

/* How many pieces a maze has. */
uint32_t
labyrinth_pieces(const struct labyrinth_pool *pool);

/* One of them, 0 to labyrinth_pieces() - 1; its IOVA may be RTE_BAD_IOVA. */
struct labyrinth_piece
labyrinth_piece(const struct labyrinth_pool *pool, uint32_t i);

/*
 * Map (or unmap) a maze for DMA by every device present; devices plugged later
 * are served when they appear. Returns 0, or a negative errno.
 */
int
labyrinth_dma_map(struct labyrinth_pool *pool);

void
labyrinth_dma_unmap(struct labyrinth_pool *pool);

#endif /* LABYRINTH_BACKING_H */

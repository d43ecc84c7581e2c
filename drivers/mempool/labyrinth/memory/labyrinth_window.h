/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_WINDOW_H
#define LABYRINTH_WINDOW_H

/* The window of a maze as EAL and devices see it. */

#include "labyrinth_pool.h"

/* Make EAL know the window of a maze: 0, or a negative errno. */
int
labyrinth_window_register(struct labyrinth_pool *pool);

/*
 * Have EAL forget a window: 0, or a negative errno. With -EBUSY, by a secondary
 * process that has not left it yet, it is tried again when the next maze is made that is
 * not in 1 GiB pages.
 */
int
labyrinth_window_unregister(void *entrance, size_t len);

/* Try again those of which this failed. */
void
labyrinth_window_unregister_late(void);

/* IOVA of a page of a maze, or RTE_BAD_IOVA. */
rte_iova_t
labyrinth_window_iova(const void *at);

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

#endif /* LABYRINTH_WINDOW_H */

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

/* Undo it. The addresses of a pool that was in use, `mp` else NULL, stay reserved. */
void
labyrinth_maze_drop(struct labyrinth_pool *pool, const struct rte_mempool *mp);

#endif /* LABYRINTH_BACKING_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_MAZE_MAP_H
#define LAB_MAZE_MAP_H

#include "labyrinth_maze.h"

/*
 * Reserve addresses at a random base that is `off` bytes more than a multiple of
 * `step`. Returns 0 or a negative errno.
 */
int
lab_range_reserve(void **base, size_t len, uint64_t step, uint64_t off, unsigned int addr_bits,
                  struct labyrinth_entropy *ent);

/* Reserve the window's addresses at a random base: all walls. */
int
lab_maze_reserve(struct labyrinth_maze *maze, unsigned int addr_bits,
                 struct labyrinth_entropy *ent);

/* Map the blocks' memory into their slots, bound to a node and filled. */
int
lab_maze_fill(struct labyrinth_maze *maze, int node);

/* Blocks of a mapped maze that are one transparent huge page each. */
uint32_t
lab_maze_thp_count(const struct labyrinth_maze *maze);

#endif /* LAB_MAZE_MAP_H */

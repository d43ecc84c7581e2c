/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_WALLS_H
#define LABYRINTH_WALLS_H

/* The walls of mazes, as a thread sees them that runs into one. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mempool.h>

#include "labyrinth_maze.h"

/* Have writes that run into a wall of this pool's maze, a window, explained. */
void
labyrinth_walls_watch(const struct rte_mempool *mp, const struct labyrinth_maze *maze);

void
labyrinth_walls_forget(const struct rte_mempool *mp);

/* In a signal handler: does memory lie there, in a window, whatever a fault says? */
bool
labyrinth_walls_have_memory(uintptr_t at);

/* In a signal handler: say which wall this is. False: it is none. */
bool
labyrinth_walls_explain(uintptr_t at, const void *pc);

#endif /* LABYRINTH_WALLS_H */

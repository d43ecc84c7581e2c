/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_MAZE_PLAN_H
#define LAB_MAZE_PLAN_H

#include "labyrinth_maze.h"

/* Choose slots for maze->blocks blocks: fills in slots, slot_of and the halls. */
void
lab_maze_plan(struct labyrinth_maze *maze, uint32_t halls, struct labyrinth_entropy *ent);

/* Any order of the slots as likely as any other. */
void
lab_maze_shuffle(uint32_t *slot_of, uint32_t blocks, struct labyrinth_entropy *ent);

#endif /* LAB_MAZE_PLAN_H */

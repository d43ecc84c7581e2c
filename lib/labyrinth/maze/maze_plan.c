/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The plan of a maze: which slots are memory, in which order. maze_map.c makes
 * it real.
 */

#include "maze_plan.h"

/* Slots per block: three walls for each block, on average. */
#define SLOTS_PER_BLOCK 4
#define SLOTS_MIN       64

uint32_t
labyrinth_maze_slots(uint32_t blocks)
{
	uint32_t slots = blocks * SLOTS_PER_BLOCK;

	return slots < SLOTS_MIN ? SLOTS_MIN : slots;
}

/*
 * Halls in order of address, each choice of places for them as likely as any
 * other: a wall at least in front of each, and one behind the last. Choosing as
 * many as there are halls of all gaps between two walls does that. `bigger` of
 * them have a block more; which ones, is chosen on the way.
 */
static void
choose_halls(struct labyrinth_maze *maze, struct labyrinth_entropy *ent)
{
	uint32_t places = maze->slots - maze->blocks - 1;
	uint32_t bigger = maze->blocks % maze->halls;
	uint32_t chosen = 0;
	uint32_t block = 0;
	uint32_t i;

	for (i = 0; i < places && chosen < maze->halls; i++) {
		uint32_t left = maze->halls - chosen;
		uint32_t len = maze->blocks / maze->halls;
		uint32_t end;

		if (labyrinth_entropy_below(ent, places - i) >= left)
			continue;
		if (bigger > 0 && labyrinth_entropy_below(ent, left) < bigger) {
			bigger--;
			len++;
		}
		/* So many walls and so many blocks are in front of it. */
		if (maze->halls < maze->blocks)
			maze->hall[chosen] = (struct labyrinth_hall){i + 1 + block, len};
		for (end = block + len; block < end; block++)
			maze->slot_of[block] = i + 1 + block;
		chosen++;
	}
}

/* Which block lies in which of the slots: any order as likely as any other. */
void
lab_maze_shuffle(uint32_t *slot_of, uint32_t blocks, struct labyrinth_entropy *ent)
{
	uint32_t i;

	for (i = blocks; i > 1; i--) {
		uint32_t j = labyrinth_entropy_below(ent, i);
		uint32_t slot = slot_of[i - 1];

		slot_of[i - 1] = slot_of[j];
		slot_of[j] = slot;
	}
}

void
lab_maze_plan(struct labyrinth_maze *maze, uint32_t halls, struct labyrinth_entropy *ent)
{
	maze->slots = labyrinth_maze_slots(maze->blocks);
	maze->halls = halls != 0 && halls < maze->blocks ? halls : maze->blocks;
	choose_halls(maze, ent);
	lab_maze_shuffle(maze->slot_of, maze->blocks, ent);
}

void *
labyrinth_maze_block(const struct labyrinth_maze *maze, uint32_t block)
{
	return (uint8_t *)maze->entrance + (size_t)maze->slot_of[block] * LABYRINTH_SLOT_SIZE;
}

struct labyrinth_hall
labyrinth_maze_hall(const struct labyrinth_maze *maze, uint32_t hall)
{
	if (maze->halls < maze->blocks)
		return maze->hall[hall];
	return (struct labyrinth_hall){maze->slot_of[hall], 1};
}

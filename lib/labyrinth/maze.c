/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The plan of a maze: which slots are memory, in which order. maze_map.c makes
 * it real.
 */

#include <errno.h>

#include "labyrinth_maze.h"
#include "labyrinth_private.h"
#include "maze_map.h"

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
 * Choose slots, each choice as likely as any other, never the first or the
 * last one, never two beside each other. Choosing `blocks` of as many places
 * fewer and then moving the i-th choice i places up does that.
 */
static void
choose_slots(uint32_t *slot_of, uint32_t blocks, uint32_t slots, struct labyrinth_entropy *ent)
{
	uint32_t places = slots - 2 - (blocks - 1);
	uint32_t chosen = 0;
	uint32_t i;

	for (i = 0; i < places && chosen < blocks; i++) {
		if (labyrinth_entropy_below(ent, places - i) >= blocks - chosen)
			continue;
		slot_of[chosen] = i + chosen + 1;
		chosen++;
	}
	for (i = blocks; i > 1; i--) {
		uint32_t j = labyrinth_entropy_below(ent, i);
		uint32_t slot = slot_of[i - 1];

		slot_of[i - 1] = slot_of[j];
		slot_of[j] = slot;
	}
}

int
labyrinth_maze_map(struct labyrinth_maze *maze, const struct labyrinth_maze_params *params,
                   uint32_t *slot_of, const uint8_t seed[LABYRINTH_SEED_LEN])
{
	struct labyrinth_entropy ent;
	int ret;

	if (params->blocks == 0 || params->blocks > LABYRINTH_MAZE_BLOCKS_MAX ||
	    params->addr_bits < 36 || params->addr_bits > 47 || slot_of == NULL ||
	    (params->pages != LABYRINTH_MAZE_HUGE && params->pages != LABYRINTH_MAZE_SMALL))
		return -EINVAL;
	labyrinth_entropy_init(&ent, seed, 0);
	*maze = (struct labyrinth_maze){
		.slots = labyrinth_maze_slots(params->blocks),
		.blocks = params->blocks,
		.slot_of = slot_of,
		.pages = params->pages,
		.fd = -1,
	};
	choose_slots(slot_of, maze->blocks, maze->slots, &ent);
	ret = lab_maze_reserve(maze, params->addr_bits, &ent);
	if (ret == 0)
		ret = lab_maze_fill(maze, params->node);
	if (ret != 0)
		labyrinth_maze_unmap(maze);
	return ret;
}

void *
labyrinth_maze_block(const struct labyrinth_maze *maze, uint32_t block)
{
	return (uint8_t *)maze->entrance + (size_t)maze->slot_of[block] * LABYRINTH_SLOT_SIZE;
}

int
labyrinth_maze_cover(labyrinth_t *lab, const struct labyrinth_maze *maze)
{
	uint32_t i;
	int ret;

	ret = labyrinth_window(lab, maze->entrance, maze->slots);
	for (i = 0; i < maze->blocks && ret == 0; i++)
		ret = labyrinth_window_open(lab, maze->slot_of[i]);
	return ret;
}

int
labyrinth_maze_add_pages(labyrinth_t *lab, const struct labyrinth_maze *maze)
{
	const uint32_t per_block = LABYRINTH_SLOT_SIZE / LABYRINTH_PAGE_SIZE;
	int added = 0;
	uint32_t i;
	uint32_t j;

	if ((lab->flags & LABYRINTH_F_PAGES) == 0 || lab->frames != 0 ||
	    labyrinth_entrance(lab) != maze->entrance ||
	    lab->span / LABYRINTH_SLOT_SIZE != maze->slots)
		return -EINVAL;
	for (i = 0; i < maze->blocks; i++) {
		for (j = 0; j < per_block; j++) {
			uint8_t *block = labyrinth_maze_block(maze, i);
			int ret = labyrinth_add(lab, block + (size_t)j * LABYRINTH_PAGE_SIZE);

			if (ret == -ENOSPC)
				return added;
			if (ret != 0)
				return ret;
			added++;
		}
	}
	return added;
}

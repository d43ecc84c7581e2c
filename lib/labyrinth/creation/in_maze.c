/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* A labyrinth whose frames lie in a maze. */

#include <errno.h>

#include "labyrinth_maze.h"
#include "labyrinth_private.h"

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

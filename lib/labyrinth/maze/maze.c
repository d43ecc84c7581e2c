/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* A maze from its plan to memory. */

#include <errno.h>

#include "maze_map.h"
#include "maze_plan.h"

int
labyrinth_maze_map(struct labyrinth_maze *maze, const struct labyrinth_maze_params *params,
                   uint32_t *slot_of, const uint8_t seed[LABYRINTH_SEED_LEN])
{
	struct labyrinth_entropy ent;
	int ret;

	if (params->blocks == 0 || params->blocks > LABYRINTH_MAZE_BLOCKS_MAX ||
	    params->addr_bits < 36 || params->addr_bits > 47 || slot_of == NULL ||
	    (params->pages != LABYRINTH_MAZE_HUGE && params->pages != LABYRINTH_MAZE_SMALL &&
	     params->pages != LABYRINTH_MAZE_THP) ||
	    params->halls > LABYRINTH_MAZE_HALLS_MAX)
		return -EINVAL;
	labyrinth_entropy_init(&ent, seed, 0);
	*maze = (struct labyrinth_maze){
		.blocks = params->blocks,
		.slot_of = slot_of,
		.pages = params->pages,
		.fd = -1,
	};
	lab_maze_plan(maze, params->halls, &ent);
	ret = lab_maze_reserve(maze, params->addr_bits, &ent);
	if (ret == 0)
		ret = lab_maze_fill(maze, params->node);
	if (ret != 0)
		labyrinth_maze_unmap(maze);
	return ret;
}

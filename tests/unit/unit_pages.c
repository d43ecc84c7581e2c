/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>
#include <string.h>

#include "unit_pages.h"

#define PER_BLOCK (LABYRINTH_SLOT_SIZE / LABYRINTH_PAGE_SIZE)

bool
unit_pages_make_some(struct unit_pages *p, uint32_t blocks, uint32_t flags, uint32_t most)
{
	struct labyrinth_params params = {
		.frames = most,
		.slots = labyrinth_maze_slots(blocks),
		.flags = LABYRINTH_F_PAGES | flags,
	};
	size_t len = labyrinth_footprint(&params);
	bool good;
	int added = 0;

	memset(p, 0, sizeof(*p));
	p->lab = len == 0 ? NULL : aligned_alloc(128, len);
	p->got = calloc(most, sizeof(p->got[0]));
	good = p->lab != NULL && p->got != NULL &&
	       labyrinth_init(p->lab, len, &params, unit_seed(blocks)) == 0 &&
	       unit_maze_map(&p->maze, LABYRINTH_MAZE_SMALL, blocks, p->slot_of, 1) &&
	       labyrinth_maze_cover(p->lab, &p->maze) == 0;
	if (good)
		added = labyrinth_maze_add_pages(p->lab, &p->maze);
	good = good && added > 0 && labyrinth_count(p->lab) == (uint32_t)added;
	CU_ASSERT_TRUE(good);
	if (!good) {
		unit_pages_drop(p);
		return false;
	}
	labyrinth_open(p->lab);
	p->pages = (uint32_t)added;
	return true;
}

bool
unit_pages_make(struct unit_pages *p, uint32_t blocks, uint32_t flags)
{
	return unit_pages_make_some(p, blocks, flags, blocks * PER_BLOCK) &&
	       p->pages == blocks * PER_BLOCK;
}

void
unit_pages_drop(struct unit_pages *p)
{
	labyrinth_maze_unmap(&p->maze);
	free(p->lab);
	free(p->got);
	memset(p, 0, sizeof(*p));
}

uint32_t
unit_pages_index(const struct unit_pages *p, const void *page)
{
	uint32_t i;

	for (i = 0; i < p->maze.blocks; i++) {
		size_t off = (uintptr_t)page - (uintptr_t)labyrinth_maze_block(&p->maze, i);

		if (off < LABYRINTH_SLOT_SIZE)
			return i * PER_BLOCK + (uint32_t)(off / LABYRINTH_PAGE_SIZE);
	}
	return UINT32_MAX;
}

bool
unit_pages_inside(const struct unit_pages *p, const void *page)
{
	return unit_pages_index(p, page) != UINT32_MAX;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Mazes of blocks in 1 GiB pages: which blocks, in which order.
 */

#include <errno.h>
#include <string.h>

#include "labyrinth_giga.h"
#include "maze_plan.h"

#define BLOCKS LABYRINTH_GIGA_BLOCKS

/* Cells to choose from. */
struct choice {
	struct labyrinth_giga *giga;
	int node;
	uint32_t first;
	uint32_t last;
};

static bool
is_taken(const struct labyrinth_giga_page *page, uint32_t block)
{
	return (page->taken[block / 64] >> block % 64 & 1) != 0;
}

static void
mark(struct labyrinth_giga_page *page, uint32_t block, bool taken)
{
	uint64_t bit = UINT64_C(1) << block % 64;

	page->taken[block / 64] =
		taken ? page->taken[block / 64] | bit : page->taken[block / 64] & ~bit;
	page->used += taken ? 1 : UINT32_MAX;
}

/* Of a page that may be chosen from. */
static uint32_t
free_blocks(const struct choice *from, uint32_t cell)
{
	const struct labyrinth_giga_page *page = &from->giga->page[cell];

	if (page->maze.entrance == NULL ||
	    (from->node != LABYRINTH_NODE_ANY && page->node != from->node))
		return 0;
	return BLOCKS - page->used;
}

static uint32_t
free_in_all(const struct choice *from)
{
	uint32_t sum = 0;
	uint32_t i;

	for (i = from->first; i <= from->last; i++)
		sum += free_blocks(from, i);
	return sum;
}

/* One page alone, if one has enough free blocks, any as likely as another. */
static void
prefer_one_page(struct choice *from, uint32_t blocks)
{
	struct choice all = *from;
	uint32_t found = 0;
	uint32_t i;

	for (i = all.first; i <= all.last; i++) {
		if (free_blocks(&all, i) < blocks)
			continue;
		found++;
		if (labyrinth_entropy_below(&all.giga->ent, found) == 0)
			from->first = from->last = i;
	}
}

/* A slot counts from the beginning of the range until the window is known. */
static uint32_t
slot(uint32_t cell, uint32_t block)
{
	return cell * LABYRINTH_GIGA_CELL_SLOTS + LABYRINTH_GIGA_CELL_SLOTS / 4 + block;
}

/* Any choice of free blocks as likely as any other. */
static void
take_blocks(const struct choice *from, struct labyrinth_maze *maze)
{
	uint32_t left = free_in_all(from);
	uint32_t n = 0;
	uint32_t cell;
	uint32_t i;

	for (cell = from->first; cell <= from->last; cell++) {
		struct labyrinth_giga_page *page = &from->giga->page[cell];

		if (free_blocks(from, cell) == 0)
			continue;
		for (i = 0; i < BLOCKS; i++) {
			if (is_taken(page, i))
				continue;
			if (labyrinth_entropy_below(&from->giga->ent, left--) >= maze->blocks - n)
				continue;
			mark(page, i, true);
			maze->slot_of[n++] = slot(cell, i);
		}
	}
}

/* Where a run of free blocks could begin, any place as likely as another. */
static bool
choose_run(const struct choice *from, uint32_t len, uint32_t *at_cell, uint32_t *at_block)
{
	uint32_t found = 0;
	uint32_t cell;
	uint32_t i;

	for (cell = from->first; cell <= from->last; cell++) {
		uint32_t run = 0;

		for (i = 0; i < BLOCKS && free_blocks(from, cell) >= len; i++) {
			run = is_taken(&from->giga->page[cell], i) ? 0 : run + 1;
			if (run < len)
				continue;
			found++;
			if (labyrinth_entropy_below(&from->giga->ent, found) != 0)
				continue;
			*at_cell = cell;
			*at_block = i + 1 - len;
		}
	}
	return found > 0;
}

static void
give_blocks(struct labyrinth_giga *giga, const uint32_t *slot_of, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		mark(&giga->page[slot_of[i] / LABYRINTH_GIGA_CELL_SLOTS],
		     slot_of[i] % LABYRINTH_GIGA_CELL_SLOTS - LABYRINTH_GIGA_CELL_SLOTS / 4, false);
}

/* Runs in the order of their slots: a list of few. */
static void
hall_insert(struct labyrinth_maze *maze, uint32_t n, struct labyrinth_hall hall)
{
	for (; n > 0 && maze->hall[n - 1].slot > hall.slot; n--)
		maze->hall[n] = maze->hall[n - 1];
	maze->hall[n] = hall;
}

static int
take_runs(const struct choice *from, struct labyrinth_maze *maze)
{
	uint32_t n = 0;
	uint32_t h;
	uint32_t i;

	for (h = 0; h < maze->halls; h++) {
		uint32_t len = maze->blocks / maze->halls + (h < maze->blocks % maze->halls);
		uint32_t cell = 0;
		uint32_t block = 0;

		if (!choose_run(from, len, &cell, &block)) {
			give_blocks(from->giga, maze->slot_of, n);
			return -ENOSPC;
		}
		hall_insert(maze, h, (struct labyrinth_hall){slot(cell, block), len});
		for (i = 0; i < len; i++) {
			mark(&from->giga->page[cell], block + i, true);
			maze->slot_of[n++] = slot(cell, block + i);
		}
	}
	return 0;
}

/* The window: from the first page with blocks in it to the end of the last. */
static void
make_window(const struct labyrinth_giga *giga, struct labyrinth_maze *maze)
{
	uint32_t first = UINT32_MAX;
	uint32_t last = 0;
	uint32_t begin;
	uint32_t i;

	for (i = 0; i < maze->blocks; i++) {
		uint32_t cell = maze->slot_of[i] / LABYRINTH_GIGA_CELL_SLOTS;

		first = cell < first ? cell : first;
		last = cell > last ? cell : last;
	}
	begin = slot(first, 0);
	maze->entrance = labyrinth_giga_page_at(giga, first);
	maze->slots = slot(last, BLOCKS) - begin;
	for (i = 0; i < maze->blocks; i++)
		maze->slot_of[i] -= begin;
	for (i = 0; maze->halls < maze->blocks && i < maze->halls; i++)
		maze->hall[i].slot -= begin;
}

int
labyrinth_giga_take(struct labyrinth_giga *giga, int node, uint32_t blocks, uint32_t halls,
                    struct labyrinth_maze *maze, uint32_t *slot_of)
{
	const struct choice all = {giga, node, 0, giga->cells - 1};
	struct choice from = all;
	uint32_t least = (blocks + BLOCKS - 1) / BLOCKS;
	int ret = 0;

	if (blocks == 0 || blocks > LABYRINTH_MAZE_BLOCKS_MAX || halls > LABYRINTH_MAZE_HALLS_MAX ||
	    slot_of == NULL)
		return -EINVAL;
	if (halls != 0 && halls < least)
		halls = least;
	if (free_in_all(&all) < blocks)
		return -ENOSPC;
	*maze = (struct labyrinth_maze){
		.blocks = blocks,
		.slot_of = slot_of,
		.pages = LABYRINTH_MAZE_GIGA,
		.locked = true,
		.bound = true,
		.fd = -1,
		.halls = halls == 0 || halls > LABYRINTH_MAZE_HALLS_MAX || halls > blocks ? blocks
	                                                                                  : halls,
	};
	prefer_one_page(&from, blocks);
	if (maze->halls == blocks)
		take_blocks(&from, maze);
	else if (take_runs(&from, maze) != 0)
		ret = take_runs(&all, maze);
	if (ret != 0)
		return ret;
	make_window(giga, maze);
	lab_maze_shuffle(slot_of, blocks, &giga->ent);
	return 0;
}

void
labyrinth_giga_give(struct labyrinth_giga *giga, struct labyrinth_maze *maze)
{
	uint32_t begin;
	uint32_t i;

	if (maze->entrance == NULL)
		return;
	begin = (uint32_t)(((uint8_t *)maze->entrance - (uint8_t *)giga->entrance) /
	                   LABYRINTH_SLOT_SIZE);
	for (i = 0; i < maze->blocks; i++) {
		/* The next pool's frames are made in it: nobody is to read these there. */
		memset(labyrinth_maze_block(maze, i), 0, LABYRINTH_SLOT_SIZE);
		maze->slot_of[i] += begin;
	}
	give_blocks(giga, maze->slot_of, maze->blocks);
	maze->entrance = NULL;
}

uint32_t
labyrinth_giga_pages_of(const struct labyrinth_maze *maze)
{
	uint64_t seen[LABYRINTH_GIGA_CELLS_MAX / 64] = {0};
	uint32_t pages = 0;
	uint32_t i;

	for (i = 0; i < maze->blocks; i++) {
		uint32_t cell = maze->slot_of[i] / LABYRINTH_GIGA_CELL_SLOTS;
		uint64_t bit = UINT64_C(1) << cell % 64;

		pages += (seen[cell / 64] & bit) == 0;
		seen[cell / 64] |= bit;
	}
	return pages;
}

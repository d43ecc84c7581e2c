/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The range of 1 GiB pages and its cells. giga_take.c chooses blocks in them.
 */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "labyrinth_giga.h"
#include "maze_map.h"

#define CELL_LEN   (LABYRINTH_GIGA_CELL_SLOTS * (size_t)LABYRINTH_SLOT_SIZE)
#define WALL_SLOTS ((uint32_t)(LABYRINTH_GIGA_WALL / LABYRINTH_SLOT_SIZE))

static void *
cell_at(const struct labyrinth_giga *giga, uint32_t cell)
{
	return (uint8_t *)giga->entrance + cell * CELL_LEN;
}

void *
labyrinth_giga_page_at(const struct labyrinth_giga *giga, uint32_t cell)
{
	return (uint8_t *)cell_at(giga, cell) + LABYRINTH_GIGA_WALL;
}

/* A power of two of cells, as it is halved until the range fits. */
uint32_t
labyrinth_giga_cells(uint32_t pages)
{
	uint32_t cells = LABYRINTH_GIGA_CELLS_MIN;

	while (cells < LABYRINTH_GIGA_CELLS_MAX && cells / 2 < pages)
		cells *= 2;
	return cells;
}

int
labyrinth_giga_open(struct labyrinth_giga *giga, uint32_t pages, unsigned int addr_bits,
                    const uint8_t seed[LABYRINTH_SEED_LEN])
{
	int ret = -EADDRNOTAVAIL;
	uint32_t cells;
	uint32_t i;

	if (addr_bits < 36 || addr_bits > 47)
		return -EINVAL;
	*giga = (struct labyrinth_giga){0};
	labyrinth_entropy_init(&giga->ent, seed, 0);
	for (cells = labyrinth_giga_cells(pages); cells > 0 && ret == -EADDRNOTAVAIL; cells /= 2) {
		giga->cells = cells;
		ret = lab_range_reserve(&giga->entrance, cells * CELL_LEN, LABYRINTH_GIGA_LEN,
		                        LABYRINTH_GIGA_WALL, addr_bits, &giga->ent);
	}
	for (i = 0; i < LABYRINTH_GIGA_BLOCKS; i++)
		giga->slot_of[i] = WALL_SLOTS + i;
	return ret;
}

void
labyrinth_giga_close(struct labyrinth_giga *giga)
{
	uint32_t i;

	if (giga->entrance == NULL)
		return;
	for (i = 0; i < giga->cells; i++) {
		if (giga->page[i].maze.fd >= 0 && giga->page[i].maze.entrance != NULL)
			close(giga->page[i].maze.fd);
	}
	munmap(giga->entrance, giga->cells * CELL_LEN);
	memset(giga, 0, sizeof(*giga));
}

static int
choose_cell(struct labyrinth_giga *giga, uint32_t *cell)
{
	uint32_t skip;

	if (giga->pages == giga->cells)
		return -ENOSPC;
	skip = labyrinth_entropy_below(&giga->ent, giga->cells - giga->pages);
	for (*cell = 0;; (*cell)++) {
		if (giga->page[*cell].maze.entrance == NULL && skip-- == 0)
			return 0;
	}
}

int
labyrinth_giga_page_add(struct labyrinth_giga *giga, int node, uint32_t *cell)
{
	struct labyrinth_giga_page *page;
	int ret;

	ret = choose_cell(giga, cell);
	if (ret != 0)
		return ret;
	page = &giga->page[*cell];
	*page = (struct labyrinth_giga_page){
		.maze =
			{
				.entrance = cell_at(giga, *cell),
				.slots = LABYRINTH_GIGA_CELL_SLOTS,
				.blocks = LABYRINTH_GIGA_BLOCKS,
				.slot_of = giga->slot_of,
				.pages = LABYRINTH_MAZE_GIGA,
				.fd = -1,
				.halls = 1,
				.hall = {{WALL_SLOTS, LABYRINTH_GIGA_BLOCKS}},
			},
		.node = node,
	};
	giga->pages++;
	ret = lab_maze_fill(&page->maze, node);
	if (ret != 0)
		labyrinth_giga_page_remove(giga, *cell);
	return ret;
}

void
labyrinth_giga_page_remove(struct labyrinth_giga *giga, uint32_t cell)
{
	struct labyrinth_giga_page *page = &giga->page[cell];

	/*
	 * Walls again, in one call: no other mapping can get in between. That the page
	 * stays mapped if the kernel is out of memory for this is the lesser evil.
	 */
	(void)mmap(labyrinth_giga_page_at(giga, cell), LABYRINTH_GIGA_LEN, PROT_NONE,
	           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
	if (page->maze.fd >= 0)
		close(page->maze.fd);
	*page = (struct labyrinth_giga_page){0};
	giga->pages--;
}

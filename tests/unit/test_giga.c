/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Mazes in 1 GiB pages. Which blocks are chosen is tested on pages that are there
 * by name only; memory of their own kind is needed for the last tests.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "labyrinth_giga.h"
#include "unit_maze.h"

#define BITS  (UNIT_TSAN ? 39 : 47)
#define GIB   LABYRINTH_GIGA_LEN
#define LARGE "/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages"

static struct labyrinth_giga giga;
static uint32_t slots_a[2 * LABYRINTH_GIGA_BLOCKS];
static uint32_t slots_b[2 * LABYRINTH_GIGA_BLOCKS];

static void
open_giga(uint64_t seed)
{
	CU_ASSERT_EQUAL_FATAL(labyrinth_giga_open(&giga, 4, BITS, unit_seed(seed)), 0);
}

/* A page by name: small pages lie there, as soon as they are touched. */
static void
pretend(uint32_t cell, int node)
{
	giga.page[cell].maze.entrance = giga.entrance;
	giga.page[cell].maze.fd = -1;
	giga.page[cell].node = node;
	giga.pages++;
	CU_ASSERT_EQUAL_FATAL(
		mprotect(labyrinth_giga_page_at(&giga, cell), GIB, PROT_READ | PROT_WRITE), 0);
}

static uint32_t
cell_of(const void *at)
{
	return (uint32_t)(((uintptr_t)at - (uintptr_t)giga.entrance) / (2 * GIB));
}

static void
test_range(void)
{
	void *first = NULL;
	size_t len;
	uint64_t i;

	for (i = 0; i < 8; i++) {
		open_giga(i);
		len = giga.cells * 2 * GIB;
		CU_ASSERT_EQUAL(giga.cells, LABYRINTH_GIGA_CELLS_MIN);
		CU_ASSERT_EQUAL((uintptr_t)labyrinth_giga_page_at(&giga, 3) % GIB, 0);
		CU_ASSERT_TRUE((uintptr_t)giga.entrance + len <= 1ull << BITS);
		CU_ASSERT_PTR_NOT_EQUAL(giga.entrance, first);
		first = giga.entrance;
		labyrinth_giga_close(&giga);
		CU_ASSERT_TRUE(unit_range_unmapped(first, len));
	}
	CU_ASSERT_EQUAL(labyrinth_giga_open(&giga, 1, 35, unit_seed(1)), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_giga_open(&giga, 1, 48, unit_seed(1)), -EINVAL);
	/* Fewer cells where the addresses are few; the shadow of a sanitizer takes all of those. */
	if (UNIT_ASAN || UNIT_TSAN)
		return;
	CU_ASSERT_EQUAL(labyrinth_giga_open(&giga, 1000, 37, unit_seed(1)), 0);
	CU_ASSERT_TRUE(giga.cells < LABYRINTH_GIGA_CELLS_MAX && giga.cells > 8);
	labyrinth_giga_close(&giga);
	CU_ASSERT_EQUAL(labyrinth_giga_cells(100000), LABYRINTH_GIGA_CELLS_MAX);
}

/* Every block in a page, none twice; marks them in `seen`, one byte each. */
static void
check_blocks(const struct labyrinth_maze *maze, uint8_t *seen)
{
	uint32_t i;

	for (i = 0; i < maze->blocks; i++) {
		uintptr_t off = (uintptr_t)labyrinth_maze_block(maze, i) - (uintptr_t)giga.entrance;
		uintptr_t in_cell = off % (2 * GIB);

		CU_ASSERT_TRUE(maze->slot_of[i] < maze->slots);
		CU_ASSERT_TRUE(in_cell >= GIB / 2 && in_cell < GIB / 2 * 3);
		CU_ASSERT_EQUAL(seen[off / LABYRINTH_SLOT_SIZE], 0);
		seen[off / LABYRINTH_SLOT_SIZE] = 1;
	}
}

static uint8_t *
new_seen(void)
{
	return calloc(giga.cells * LABYRINTH_GIGA_CELL_SLOTS, 1);
}

static void
test_take(void)
{
	struct labyrinth_maze a = {0};
	struct labyrinth_maze b = {0};
	uint8_t *seen;

	open_giga(1);
	seen = new_seen();
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 1, 0, &a, slots_a), -ENOSPC);
	pretend(2, 0);
	pretend(5, 0);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 0, 0, &a, slots_a), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 1, 65, &a, slots_a), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 300, 0, &a, slots_a), 0);
	/* All in one page, whose walls alone are looked up. */
	CU_ASSERT_EQUAL(a.slots, LABYRINTH_GIGA_BLOCKS);
	CU_ASSERT_EQUAL(labyrinth_giga_pages_of(&a), 1);
	CU_ASSERT_EQUAL(a.halls, 300);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 600, 0, &b, slots_b), 0);
	CU_ASSERT_EQUAL(labyrinth_giga_pages_of(&b), 2);
	CU_ASSERT_EQUAL(b.slots, 3 * LABYRINTH_GIGA_CELL_SLOTS + LABYRINTH_GIGA_BLOCKS);
	check_blocks(&a, seen);
	check_blocks(&b, seen);
	CU_ASSERT_EQUAL(giga.page[2].used + giga.page[5].used, 900);
	free(seen);
	labyrinth_giga_close(&giga);
}

/* Given back it is all zero, and can be taken again. */
static void
test_give(void)
{
	struct labyrinth_maze a = {0};
	uint8_t *at;

	open_giga(2);
	pretend(0, 0);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, 0, 4, 0, &a, slots_a), 0);
	at = labyrinth_maze_block(&a, 3);
	at[LABYRINTH_SLOT_SIZE - 1] = 7;
	labyrinth_giga_give(&giga, &a);
	CU_ASSERT_EQUAL(at[LABYRINTH_SLOT_SIZE - 1], 0);
	CU_ASSERT_PTR_NULL(a.entrance);
	CU_ASSERT_EQUAL(giga.page[0].used, 0);
	labyrinth_giga_give(&giga, &a);
	CU_ASSERT_EQUAL(giga.page[0].used, 0);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, 0, LABYRINTH_GIGA_BLOCKS, 0, &a, slots_a), 0);
	labyrinth_giga_close(&giga);
}

static void
test_nodes(void)
{
	struct labyrinth_maze a = {0};
	uint32_t i;

	open_giga(3);
	pretend(1, 0);
	pretend(6, 1);
	for (i = 0; i < 16; i++) {
		CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, 1, 2, 0, &a, slots_a), 0);
		CU_ASSERT_EQUAL(cell_of(a.entrance), 6);
	}
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, 1, 512, 0, &a, slots_a), -ENOSPC);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, 2, 1, 0, &a, slots_a), -ENOSPC);
	labyrinth_giga_close(&giga);
}

/* Every block comes as often as any other; so does every order of three. */
static void
test_uniform(void)
{
	enum {
		ROUNDS = 20480
	};
	uint32_t blocks[LABYRINTH_GIGA_BLOCKS] = {0};
	uint32_t rising = 0;
	uint32_t i;

	open_giga(4);
	pretend(9, 0);
	for (i = 0; i < ROUNDS; i++) {
		struct labyrinth_maze a = {0};

		if (labyrinth_giga_take(&giga, -1, 3, 0, &a, slots_a) != 0)
			break;
		blocks[slots_a[0]]++;
		rising += slots_a[0] < slots_a[1] && slots_a[1] < slots_a[2];
		/* As giving back does, without wiping. */
		memset(giga.page[9].taken, 0, sizeof(giga.page[9].taken));
		giga.page[9].used = 0;
	}
	CU_ASSERT_EQUAL(i, ROUNDS);
	/* 40 are expected of each; six deviations of 6.3 are allowed. */
	for (i = 0; i < LABYRINTH_GIGA_BLOCKS; i++)
		CU_ASSERT_TRUE(blocks[i] > 2 && blocks[i] < 80);
	CU_ASSERT_TRUE(rising > ROUNDS / 6 - 320 && rising < ROUNDS / 6 + 320);
	labyrinth_giga_close(&giga);
}

static void
test_halls(void)
{
	struct labyrinth_maze a = {0};
	uint32_t sum = 0;
	uint8_t *seen;
	uint32_t i;
	uint32_t j;

	open_giga(5);
	seen = new_seen();
	pretend(3, 0);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 101, 8, &a, slots_a), 0);
	CU_ASSERT_EQUAL(a.halls, 8);
	check_blocks(&a, seen);
	for (i = 0; i < a.halls; i++) {
		struct labyrinth_hall hall = labyrinth_maze_hall(&a, i);
		uint32_t first = cell_of(a.entrance) * LABYRINTH_GIGA_CELL_SLOTS + 256;

		sum += hall.blocks;
		for (j = 0; j < hall.blocks; j++)
			CU_ASSERT_EQUAL(seen[first + hall.slot + j], 1);
		if (i > 0)
			CU_ASSERT_TRUE(hall.slot >= a.hall[i - 1].slot + a.hall[i - 1].blocks);
	}
	CU_ASSERT_EQUAL(sum, 101);
	/* Room enough, but not in one piece: what was marked on the way is free again. */
	labyrinth_giga_give(&giga, &a);
	for (i = 0; i < 8; i++)
		giga.page[3].taken[i] = 1;
	giga.page[3].used = 8;
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 64, 1, &a, slots_a), -ENOSPC);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 360, 9, &a, slots_a), -ENOSPC);
	CU_ASSERT_EQUAL(giga.page[3].used, 8);
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 63, 1, &a, slots_a), 0);
	free(seen);
	labyrinth_giga_close(&giga);
}

static bool
large_free(void)
{
	FILE *file = fopen(LARGE, "r");
	unsigned int n = 0;

	if (file != NULL && fscanf(file, "%u", &n) != 1)
		n = 0;
	if (file != NULL)
		fclose(file);
	if (n == 0)
		printf("(skipped: no 1 GiB page is free) ");
	return n > 0;
}

/* What another process does with what the first one tells. */
static void
attach_page(const struct labyrinth_maze *page)
{
	struct labyrinth_maze other = *page;
	uint8_t *at = labyrinth_maze_block(page, 77);

	CU_ASSERT_EQUAL(labyrinth_maze_attach(&other), -EEXIST);
	other.fd = dup(page->fd);
	at[5] = 55;
	/* Closing forgets the slots as well. */
	memcpy(slots_b, page->slot_of, LABYRINTH_GIGA_BLOCKS * sizeof(slots_b[0]));
	other.slot_of = slots_b;
	labyrinth_giga_close(&giga);
	CU_ASSERT_EQUAL_FATAL(labyrinth_maze_attach(&other), 0);
	CU_ASSERT_EQUAL(at[5], 55);
	CU_ASSERT_TRUE(unit_smaps_flag(at, "dc"));
	labyrinth_maze_unmap(&other);
}

static void
test_page(void)
{
	struct labyrinth_maze page;
	struct labyrinth_maze a = {0};
	uint32_t cell;
	int ret;

	open_giga(6);
	ret = labyrinth_giga_page_add(&giga, LABYRINTH_NODE_ANY, &cell);
	if (ret != 0) {
		/* None reserved, or none of that size known: nothing is left of it. */
		CU_ASSERT_EQUAL(ret, -ENOMEM);
		CU_ASSERT_FALSE(large_free());
		CU_ASSERT_EQUAL(giga.pages, 0);
		labyrinth_giga_close(&giga);
		return;
	}
	CU_ASSERT_EQUAL(labyrinth_giga_take(&giga, -1, 512, 0, &a, slots_a), 0);
	CU_ASSERT_EQUAL(unit_maze_faults(labyrinth_maze_block(&a, 0), LABYRINTH_SLOT_SIZE), 0);
	CU_ASSERT_EQUAL(unit_smaps_kb(labyrinth_maze_block(&a, 0), "KernelPageSize:"), 1048576);
	labyrinth_giga_give(&giga, &a);
	page = giga.page[cell].maze;
	attach_page(&page);
	CU_ASSERT_TRUE(unit_range_unmapped(page.entrance, 2 * GIB));
	CU_ASSERT_TRUE(large_free());
}

/* Not what the kernel could map in one piece. */
static void
test_attach_bad(void)
{
	struct labyrinth_maze page;
	uint32_t i;

	open_giga(7);
	for (i = 0; i < LABYRINTH_GIGA_BLOCKS; i++)
		slots_a[i] = 256 + i;
	page = (struct labyrinth_maze){.entrance = giga.entrance,
	                               .slots = LABYRINTH_GIGA_CELL_SLOTS,
	                               .blocks = LABYRINTH_GIGA_BLOCKS,
	                               .slot_of = slots_a,
	                               .pages = LABYRINTH_MAZE_GIGA,
	                               .fd = -1};
	labyrinth_giga_close(&giga);
	slots_a[9] = 8;
	CU_ASSERT_EQUAL(labyrinth_maze_attach(&page), -EINVAL);
	slots_a[9] = 256 + 9;
	page.blocks--;
	CU_ASSERT_EQUAL(labyrinth_maze_attach(&page), -EINVAL);
	page.blocks++;
	page.entrance = (uint8_t *)page.entrance + LABYRINTH_SLOT_SIZE;
	CU_ASSERT_EQUAL(labyrinth_maze_attach(&page), -EINVAL);
	CU_ASSERT_TRUE(unit_range_unmapped(page.entrance, GIB));
}

/* As many as there may be. What the machine allows is tests/system/pages.sh's matter. */
static void
test_transparent(void)
{
	struct labyrinth_maze maze;

	if (!unit_maze_map(&maze, LABYRINTH_MAZE_THP, 4, slots_a, 8))
		return;
	CU_ASSERT_TRUE(maze.transparent <= 4);
	CU_ASSERT_EQUAL(unit_maze_faults(labyrinth_maze_block(&maze, 3), LABYRINTH_SLOT_SIZE), 0);
	labyrinth_maze_unmap(&maze);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"the range of cells", test_range},
		{"blocks are taken", test_take},
		{"blocks are given back", test_give},
		{"only of the node", test_nodes},
		{"any block, any order", test_uniform},
		{"runs of blocks", test_halls},
		{"memory of a 1 GiB page", test_page},
		{"attaching what is none", test_attach_bad},
		{"transparent huge pages", test_transparent},
		CU_TEST_INFO_NULL,
	};

	return unit_main("giga", tests);
}

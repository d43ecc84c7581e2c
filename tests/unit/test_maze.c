/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Mazes as they are mapped. What touches walls and forks is in
 * test_maze_walls.c.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "labyrinth_maze.h"
#include "unit_maze.h"

static void
check_slots(const struct labyrinth_maze *maze)
{
	bool *used = calloc(maze->slots, sizeof(used[0]));
	uint32_t i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(used);
	for (i = 0; i < maze->blocks; i++) {
		CU_ASSERT_TRUE_FATAL(maze->slot_of[i] < maze->slots);
		CU_ASSERT_FALSE(used[maze->slot_of[i]]);
		used[maze->slot_of[i]] = true;
	}
	CU_ASSERT_FALSE(used[0]);
	CU_ASSERT_FALSE(used[maze->slots - 1]);
	for (i = 1; i < maze->slots; i++)
		CU_ASSERT_FALSE(used[i] && used[i - 1]);
	free(used);
}

static void
test_slots(void)
{
	static const uint32_t blocks[] = {1, 2, 3, 5, 16};
	struct labyrinth_maze maze;
	uint32_t slot_of[16];
	uint64_t seed;
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(blocks); i++) {
		for (seed = 0; seed < 4; seed++) {
			if (!unit_maze_map(&maze, LABYRINTH_MAZE_SMALL, blocks[i], slot_of, seed))
				continue;
			CU_ASSERT_EQUAL(maze.slots, labyrinth_maze_slots(blocks[i]));
			CU_ASSERT_EQUAL(maze.blocks, blocks[i]);
			check_slots(&maze);
			labyrinth_maze_unmap(&maze);
		}
	}
}

/* Over many seeds every slot but the first and the last is used, none often. */
static void
test_slots_uniform(void)
{
	enum {
		MAZES = 620
	};
	uint32_t hits[64] = {0};
	uint32_t ordered = 0;
	uint64_t seed;
	uint32_t i;

	for (seed = 0; seed < MAZES; seed++) {
		struct labyrinth_maze maze;
		uint32_t slot_of[2];

		if (!unit_maze_map(&maze, LABYRINTH_MAZE_SMALL, 2, slot_of, 1000 + seed))
			return;
		CU_ASSERT_TRUE_FATAL(maze.slots == 64);
		hits[slot_of[0]]++;
		hits[slot_of[1]]++;
		ordered += slot_of[0] < slot_of[1];
		labyrinth_maze_unmap(&maze);
	}
	/* 20 expected in each of 62: standard deviation 4.5. */
	for (i = 1; i < 63; i++)
		CU_ASSERT_TRUE(hits[i] > 0 && hits[i] < 50);
	/* The order is random as well: standard deviation 12.4. */
	CU_ASSERT_TRUE(ordered > MAZES / 2 - 80 && ordered < MAZES / 2 + 80);
}

static void
check_range(const struct labyrinth_maze *maze, unsigned int addr_bits)
{
	uintptr_t end = (uintptr_t)maze->entrance + (uintptr_t)maze->slots * LABYRINTH_SLOT_SIZE;

	CU_ASSERT_PTR_NOT_NULL(maze->entrance);
	CU_ASSERT_EQUAL((uintptr_t)maze->entrance % LABYRINTH_SLOT_SIZE, 0);
	CU_ASSERT_TRUE(end <= (uintptr_t)1 << addr_bits);
}

static void
test_addr_bits(void)
{
	static const unsigned int bits[] = {36, 39, 40, 42, 47};
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(bits); i++) {
		struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_SMALL, 3);
		struct labyrinth_maze maze;
		uint32_t slot_of[3];
		uint64_t seed;
		int ret;

		if (UNIT_TSAN && bits[i] > 39)
			continue; /* it dies of addresses it does not know */
		params.addr_bits = bits[i];
		for (seed = 0; seed < 8; seed++) {
			ret = labyrinth_maze_map(&maze, &params, slot_of, unit_seed(seed));
			if (ret == -EADDRNOTAVAIL && (UNIT_ASAN || UNIT_TSAN)) {
				CU_ASSERT_PTR_NULL(maze.entrance);
				continue; /* the sanitizer's shadow is there */
			}
			CU_ASSERT_EQUAL(ret, 0);
			if (ret != 0)
				continue;
			check_range(&maze, bits[i]);
			labyrinth_maze_unmap(&maze);
		}
	}
}

static void
test_base_differs(void)
{
	enum {
		MAZES = 32
	};
	void *bases[MAZES];
	uint32_t i;
	uint32_t j;

	for (i = 0; i < MAZES; i++) {
		struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_SMALL, 1);
		struct labyrinth_maze maze;
		uint32_t slot_of[1];

		CU_ASSERT_EQUAL_FATAL(
			labyrinth_maze_map(&maze, &params, slot_of, unit_seed(3000 + i)), 0);
		bases[i] = maze.entrance;
		labyrinth_maze_unmap(&maze);
		/*
		 * Of 2^25 bases none comes twice. Beside a sanitizer there are 2^18: with seeds
		 * drawn anew, two would be equal in one run of 510.
		 */
		for (j = 0; j < i; j++)
			CU_ASSERT_PTR_NOT_EQUAL(bases[i], bases[j]);
	}
}

/* Memory is there, in core, zero, writable; the kind of page is what was asked. */
static void
check_memory(enum labyrinth_maze_pages pages)
{
	enum {
		BLOCKS = 3,
		PAGES = LABYRINTH_SLOT_SIZE / 4096
	};
	struct labyrinth_maze maze;
	uint32_t slot_of[BLOCKS];
	unsigned char core[PAGES];
	uint32_t i;
	uint32_t j;

	if (!unit_maze_map(&maze, pages, BLOCKS, slot_of, 5))
		return;
	CU_ASSERT_EQUAL(maze.pages, pages);
	for (i = 0; i < BLOCKS; i++) {
		uint8_t *block = labyrinth_maze_block(&maze, i);
		uint32_t missing = 0;

		CU_ASSERT_EQUAL(mincore(block, LABYRINTH_SLOT_SIZE, core), 0);
		for (j = 0; j < PAGES; j++)
			missing += (core[j] & 1) == 0;
		CU_ASSERT_EQUAL(missing, 0);
		CU_ASSERT_EQUAL(unit_maze_faults(block, LABYRINTH_SLOT_SIZE), 0);
		CU_ASSERT_EQUAL(unit_smaps_kb(block, "KernelPageSize:"),
		                pages == LABYRINTH_MAZE_HUGE ? 2048 : 4);
		CU_ASSERT_TRUE(unit_smaps_flag(block, "dd")); /* not in core dumps */
		CU_ASSERT_TRUE(unit_smaps_flag(block, "dc")); /* not in children */
		/* Under a sanitizer mlock() does nothing. */
		CU_ASSERT_TRUE(UNIT_ASAN || UNIT_TSAN ||
		               unit_smaps_flag(block, "lo") ==
		                       (pages == LABYRINTH_MAZE_SMALL && maze.locked));
	}
	labyrinth_maze_unmap(&maze);
}

static void
test_memory_small(void)
{
	check_memory(LABYRINTH_MAZE_SMALL);
}

static void
test_memory_huge(void)
{
	check_memory(LABYRINTH_MAZE_HUGE);
}

/* The file holds block i at i times 2 MiB: what VFIO and vhost rely on. */
static void
test_file_order(void)
{
	struct labyrinth_maze maze;
	uint32_t slot_of[4];
	uint32_t i;

	if (!unit_maze_map(&maze, LABYRINTH_MAZE_SMALL, 4, slot_of, 6))
		return;
	for (i = 0; i < 4; i++) {
		uint32_t value = 0;
		uint32_t mark = 0xa0 + i;

		memcpy((uint8_t *)labyrinth_maze_block(&maze, i) + 12, &mark, sizeof(mark));
		CU_ASSERT_EQUAL(
			pread(maze.fd, &value, sizeof(value), (off_t)i * LABYRINTH_SLOT_SIZE + 12),
			(ssize_t)sizeof(value));
		CU_ASSERT_EQUAL(value, mark);
	}
	CU_ASSERT_TRUE((fcntl(maze.fd, F_GETFD) & FD_CLOEXEC) != 0);
	labyrinth_maze_unmap(&maze);
}

static void
check_nothing_left(enum labyrinth_maze_pages pages)
{
	uint32_t maps = unit_maps_named("memfd:labyrinth");
	uint32_t files = unit_files_open();
	struct labyrinth_maze maze;
	uint32_t slot_of[4];
	void *entrance;
	size_t len;

	if (!unit_maze_map(&maze, pages, 4, slot_of, 7))
		return;
	CU_ASSERT_EQUAL(unit_maps_named("memfd:labyrinth"), maps + 4);
	CU_ASSERT_EQUAL(unit_files_open(), files + 1);
	entrance = maze.entrance;
	len = (size_t)maze.slots * LABYRINTH_SLOT_SIZE;
	labyrinth_maze_unmap(&maze);
	CU_ASSERT_PTR_NULL(maze.entrance);
	CU_ASSERT_EQUAL(unit_maps_named("memfd:labyrinth"), maps);
	CU_ASSERT_EQUAL(unit_files_open(), files);
	CU_ASSERT_TRUE(unit_range_unmapped(entrance, len));
	labyrinth_maze_unmap(&maze); /* a second time: nothing */
	CU_ASSERT_EQUAL(unit_files_open(), files);
}

static void
test_nothing_left_small(void)
{
	check_nothing_left(LABYRINTH_MAZE_SMALL);
}

static void
map_and_unmap(void *arg)
{
	(void)arg;
	check_nothing_left(LABYRINTH_MAZE_HUGE);
}

static void
test_nothing_left_huge(void)
{
	CU_ASSERT_TRUE(unit_huge_same(map_and_unmap, NULL));
}

/* A maze never mapped is all zero: unmapping must not close descriptor 0. */
static void
test_unmap_unmapped(void)
{
	struct labyrinth_maze maze;
	int spare = fcntl(STDIN_FILENO, F_GETFD) == -1 ? open("/dev/null", O_RDONLY) : -1;

	memset(&maze, 0, sizeof(maze));
	labyrinth_maze_unmap(&maze);
	CU_ASSERT_NOT_EQUAL(fcntl(STDIN_FILENO, F_GETFD), -1);
	if (spare >= 0)
		close(spare);
}

static void
mark_blocks(const struct labyrinth_maze *maze)
{
	uint32_t i;

	for (i = 0; i < maze->blocks; i++)
		*(uint32_t *)labyrinth_maze_block(maze, i) = i + 1;
}

static void
check_marks(const struct labyrinth_maze *maze)
{
	uint32_t i;

	for (i = 0; i < maze->blocks; i++)
		CU_ASSERT_EQUAL(*(uint32_t *)labyrinth_maze_block(maze, i), i + 1);
}

/* As another process maps it: the same memory at the same addresses, or not at all. */
static void
check_attach(enum labyrinth_maze_pages pages)
{
	struct labyrinth_maze maze;
	struct labyrinth_maze other;
	uint32_t slot_of[4];
	size_t len;

	if (!unit_maze_map(&maze, pages, 4, slot_of, 11))
		return;
	len = (size_t)maze.slots * LABYRINTH_SLOT_SIZE;
	mark_blocks(&maze);
	other = maze;
	other.fd = dup(maze.fd);
	CU_ASSERT_EQUAL(labyrinth_maze_attach(&other), -EEXIST);
	check_marks(&maze);
	labyrinth_maze_unmap(&maze);
	CU_ASSERT_TRUE(unit_range_unmapped(other.entrance, len));
	CU_ASSERT_EQUAL_FATAL(labyrinth_maze_attach(&other), 0);
	check_marks(&other);
	CU_ASSERT_EQUAL(unit_maze_faults(labyrinth_maze_block(&other, 3), LABYRINTH_SLOT_SIZE), 0);
	CU_ASSERT_TRUE(unit_smaps_flag(labyrinth_maze_block(&other, 0), "dc"));
	maze = other;
	labyrinth_maze_unmap(&other);
	CU_ASSERT_TRUE(unit_range_unmapped(maze.entrance, len));
	/* Its file is closed by now: nothing is left of a failure. */
	CU_ASSERT_EQUAL(labyrinth_maze_attach(&maze), -EBADF);
	CU_ASSERT_TRUE(unit_range_unmapped(maze.entrance, len));
	slot_of[2] = maze.slots;
	CU_ASSERT_EQUAL(labyrinth_maze_attach(&maze), -EINVAL);
	slot_of[2] = 1;
	maze.entrance = (uint8_t *)maze.entrance + LABYRINTH_PAGE_SIZE;
	CU_ASSERT_EQUAL(labyrinth_maze_attach(&maze), -EINVAL);
}

static void
test_attach_small(void)
{
	check_attach(LABYRINTH_MAZE_SMALL);
}

static void
test_attach_huge(void)
{
	check_attach(LABYRINTH_MAZE_HUGE);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"slots are apart, not at the edges", test_slots},
		{"slots and their order are uniform", test_slots_uniform},
		{"addresses below addr_bits", test_addr_bits},
		{"the base differs", test_base_differs},
		{"memory of 4 KiB pages", test_memory_small},
		{"memory of huge pages", test_memory_huge},
		{"the file's order", test_file_order},
		{"nothing left, 4 KiB pages", test_nothing_left_small},
		{"nothing left, huge pages", test_nothing_left_huge},
		{"unmapping what was never mapped", test_unmap_unmapped},
		{"attaching, 4 KiB pages", test_attach_small},
		{"attaching, huge pages", test_attach_huge},
		CU_TEST_INFO_NULL,
	};

	return unit_main("maze", tests);
}

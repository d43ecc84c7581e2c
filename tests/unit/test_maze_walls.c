/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Mazes in children that touch what they must not, and mazes that cannot be. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit_maze.h"

static const enum labyrinth_maze_pages kinds[] = {LABYRINTH_MAZE_SMALL, LABYRINTH_MAZE_HUGE};

static void
touch(void *at)
{
	*(volatile uint8_t *)at = 1;
}

/* Where a child writes: offset from a block's begin. */
struct aim {
	struct labyrinth_maze_params params;
	ssize_t off;
};

static void
child_maps_and_touches(void *arg)
{
	const struct aim *aim = arg;
	struct labyrinth_maze maze;
	uint32_t slot_of[4];

	if (labyrinth_maze_map(&maze, &aim->params, slot_of, unit_seed(11)) != 0)
		_exit(1);
	touch((uint8_t *)labyrinth_maze_block(&maze, 2) + aim->off);
}

static void
test_walls_fault(void)
{
	static const ssize_t inside[] = {0, LABYRINTH_SLOT_SIZE - 1};
	static const ssize_t outside[] = {-1, LABYRINTH_SLOT_SIZE, LABYRINTH_SLOT_SIZE + 4096,
	                                  2 * (ssize_t)LABYRINTH_SLOT_SIZE - 1,
	                                  -(ssize_t)LABYRINTH_SLOT_SIZE};
	struct unit_end end;
	size_t k;
	size_t i;

	for (k = 0; k < UNIT_ARRAY_LEN(kinds); k++) {
		struct aim aim = {.params = unit_maze_params(kinds[k], 4)};

		if (kinds[k] == LABYRINTH_MAZE_HUGE && unit_huge_free() < 4) {
			printf("(no huge pages) ");
			continue;
		}
		for (i = 0; i < UNIT_ARRAY_LEN(inside); i++) {
			aim.off = inside[i];
			unit_child(child_maps_and_touches, &aim, &end);
			CU_ASSERT_TRUE(unit_lived(&end));
		}
		for (i = 0; i < UNIT_ARRAY_LEN(outside); i++) {
			aim.off = outside[i];
			unit_child(child_maps_and_touches, &aim, &end);
			CU_ASSERT_TRUE(unit_died(&end, SIGSEGV));
		}
	}
}

static void
child_touches(void *arg)
{
	touch(arg);
}

static void
test_not_in_children(void)
{
	struct labyrinth_maze maze;
	struct unit_end end;
	uint32_t slot_of[2];
	size_t k;
	uint32_t i;

	for (k = 0; k < UNIT_ARRAY_LEN(kinds); k++) {
		if (!unit_maze_map(&maze, kinds[k], 2, slot_of, 12))
			continue;
		for (i = 0; i < 2; i++) {
			touch(labyrinth_maze_block(&maze, i));
			unit_child(child_touches, labyrinth_maze_block(&maze, i), &end);
			CU_ASSERT_TRUE(unit_died(&end, SIGSEGV));
		}
		labyrinth_maze_unmap(&maze);
	}
}

static void
child_dies_with_maze(void *arg)
{
	struct unit_end end;

	unit_child(child_maps_and_touches, arg, &end);
	CU_ASSERT_TRUE(unit_died(&end, SIGSEGV));
}

/* A child with a maze dies: its pages come back. */
static void
test_pages_come_back(void)
{
	struct aim aim = {.params = unit_maze_params(LABYRINTH_MAZE_HUGE, 4), .off = -1};

	if (unit_huge_free() < 4) {
		printf("(no huge pages) ");
		return;
	}
	CU_ASSERT_TRUE(unit_huge_same(child_dies_with_maze, &aim));
}

static void
check_refused(const struct labyrinth_maze_params *params, int want)
{
	static uint32_t slot_of[LABYRINTH_MAZE_BLOCKS_MAX];
	uint32_t maps = unit_maps_named("");
	uint32_t files = unit_files_open();
	struct labyrinth_maze maze = {.fd = -1};

	CU_ASSERT_EQUAL(labyrinth_maze_map(&maze, params, slot_of, unit_seed(13)), want);
	CU_ASSERT_PTR_NULL(maze.entrance);
	CU_ASSERT_EQUAL(unit_files_open(), files);
	/* Sanitizers map memory of their own meanwhile. */
	CU_ASSERT_TRUE(UNIT_ASAN || UNIT_TSAN || unit_maps_named("") == maps);
	CU_ASSERT_EQUAL(unit_maps_named("memfd:labyrinth"), 0);
}

static void
test_bad_params(void)
{
	const struct labyrinth_maze_params good = unit_maze_params(LABYRINTH_MAZE_SMALL, 1);
	struct labyrinth_maze_params params;
	struct labyrinth_maze maze;

	params = good;
	params.blocks = 0;
	check_refused(&params, -EINVAL);
	params.blocks = LABYRINTH_MAZE_BLOCKS_MAX + 1;
	check_refused(&params, -EINVAL);
	params = good;
	params.addr_bits = 35;
	check_refused(&params, -EINVAL);
	params.addr_bits = 48;
	check_refused(&params, -EINVAL);
	params = good;
	params.pages = LABYRINTH_MAZE_GIGA;
	check_refused(&params, -EINVAL);
	params.pages = (enum labyrinth_maze_pages)4;
	check_refused(&params, -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_maze_map(&maze, &good, NULL, unit_seed(0)), -EINVAL);
}

static void
test_no_such_node(void)
{
	struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_SMALL, 1);

	params.node = 999;
	check_refused(&params, -ENODEV);
	params.node = -2;
	check_refused(&params, -ENODEV);
	params.node = INT32_MAX;
	check_refused(&params, -ENODEV);
}

/* More address space than there is below 2^36: 64 TiB minus 16 GiB. */
static void
test_no_such_range(void)
{
	struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_SMALL, 8192);

	params.addr_bits = 36;
	check_refused(&params, -EADDRNOTAVAIL);
}

static void
child_without_files(void *arg)
{
	const struct rlimit none = {0, 0};
	struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_SMALL, 1);
	struct labyrinth_maze maze;
	uint32_t slot_of[1];

	(void)arg;
	setrlimit(RLIMIT_NOFILE, &none);
	if (labyrinth_maze_map(&maze, &params, slot_of, unit_seed(14)) != -EMFILE ||
	    maze.entrance != NULL)
		_exit(1);
}

static void
test_no_file(void)
{
	struct unit_end end;

	unit_child(child_without_files, NULL, &end);
	CU_ASSERT_TRUE(unit_lived(&end));
}

/* Leave three huge pages unreserved, ask for more; others hardly notice. */
static void
ask_for_too_many(void *arg)
{
	const uint32_t leave = 3;
	struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_HUGE, leave + 64);
	uint32_t free_now = unit_huge_free();
	void *taken = MAP_FAILED;
	size_t len = 0;

	(void)arg;
	if (free_now > leave) {
		len = (size_t)(free_now - leave) * LABYRINTH_SLOT_SIZE;
		taken = mmap(NULL, len, PROT_NONE,
		             MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | 21 << 26, -1, 0);
	}
	check_refused(&params, -ENOMEM);
	if (taken != MAP_FAILED)
		munmap(taken, len);
}

static void
test_too_many_huge(void)
{
	CU_ASSERT_TRUE(unit_huge_same(ask_for_too_many, NULL));
}

static void
child_without_addresses(void *arg)
{
	const struct rlimit little = {1ul << 30, 1ul << 30};
	struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_SMALL, 1024);
	struct labyrinth_maze maze;
	uint32_t slot_of[1024];

	(void)arg;
	setrlimit(RLIMIT_AS, &little);
	if (labyrinth_maze_map(&maze, &params, slot_of, unit_seed(15)) != -ENOMEM ||
	    maze.entrance != NULL || maze.fd != -1)
		_exit(1);
}

static void
test_no_addresses(void)
{
	struct unit_end end;

	unit_child(child_without_addresses, NULL, &end);
	CU_ASSERT_TRUE(unit_lived(&end));
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"walls fault", test_walls_fault},
		{"not in children", test_not_in_children},
		{"a dead process gives its pages back", test_pages_come_back},
		{"bad parameters", test_bad_params},
		{"no such node", test_no_such_node},
		{"no range of addresses so narrow", test_no_such_range},
		{"no file descriptor left", test_no_file},
		{"more huge pages than there are", test_too_many_huge},
		{"address space limited", test_no_addresses},
		CU_TEST_INFO_NULL,
	};

	return unit_main("maze walls", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Mazes and NUMA nodes, as far as one node can tell; two nodes are in tests/vm.
 * Kernels without NUMA, and filters that forbid to ask, are played by a filter
 * that refuses the system calls libnuma makes.
 */

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <numaif.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unit_maze.h"

#define BLOCKS 3

static uint32_t slot_of[BLOCKS];

/* From now on, these calls of this process fail so; `asked` is get_mempolicy too. */
static bool
refuse_calls(int err, bool asked)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mbind, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, asked ? SYS_get_mempolicy : SYS_mbind, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)err),
	};
	struct sock_fprog program = {UNIT_ARRAY_LEN(code), code};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int
map_on(struct labyrinth_maze *maze, int node)
{
	struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_SMALL, BLOCKS);

	params.node = node;
	return labyrinth_maze_map(maze, &params, slot_of, unit_seed(21));
}

static bool
second_node(void)
{
	return access("/sys/devices/system/node/node1", F_OK) == 0;
}

struct filter {
	int err;
	bool asked;
};

/* Node 0 is all there is, or cannot be bound to and says so; no other exists. */
static void
child_refused(void *arg)
{
	const struct filter *filter = arg;
	struct labyrinth_maze maze;

	if (!refuse_calls(filter->err, filter->asked))
		_exit(0); /* no filters here */
	if (map_on(&maze, LABYRINTH_NODE_ANY) != 0 || !maze.bound)
		_exit(1);
	labyrinth_maze_unmap(&maze);
	if (map_on(&maze, 0) != 0 || maze.bound == second_node())
		_exit(2);
	labyrinth_maze_unmap(&maze);
	if (map_on(&maze, 1) == 0 || maze.entrance != NULL)
		_exit(3);
}

static void
test_refused(void)
{
	struct filter filters[] = {{ENOSYS, true}, {EPERM, true}, {ENOSYS, false}, {EPERM, false}};
	struct unit_end end;
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(filters); i++) {
		unit_child(child_refused, &filters[i], &end);
		CU_ASSERT_TRUE(unit_lived(&end));
	}
}

/* Each 4 KiB is where it was asked for. */
static void
test_every_page(void)
{
	struct labyrinth_maze maze;
	uint32_t there = 0;
	uint32_t i;
	size_t off;
	int node;

	CU_ASSERT_EQUAL_FATAL(map_on(&maze, 0), 0);
	CU_ASSERT_TRUE(maze.bound);
	for (i = 0; i < BLOCKS; i++) {
		for (off = 0; off < LABYRINTH_SLOT_SIZE; off += LABYRINTH_PAGE_SIZE) {
			uint8_t *at = (uint8_t *)labyrinth_maze_block(&maze, i) + off;

			node = -1;
			there +=
				get_mempolicy(&node, NULL, 0, at, MPOL_F_NODE | MPOL_F_ADDR) != 0 ||
				node == 0;
		}
	}
	CU_ASSERT_EQUAL(there, BLOCKS * LABYRINTH_SLOT_SIZE / LABYRINTH_PAGE_SIZE);
	labyrinth_maze_unmap(&maze);
}

/* Who locks all future memory has each mapping filled at once: not before it is bound. */
static void
child_locks_all(void *arg)
{
	struct labyrinth_maze maze;
	uint32_t i;

	(void)arg;
	if (mlockall(MCL_FUTURE) != 0)
		_exit(0); /* not allowed here */
	if (map_on(&maze, 0) != 0)
		_exit(1);
	for (i = 0; i < BLOCKS; i++)
		*(volatile uint8_t *)labyrinth_maze_block(&maze, i) = 1;
}

static void
test_locks_all(void)
{
	struct unit_end end;

	unit_child(child_locks_all, NULL, &end);
	CU_ASSERT_TRUE(unit_lived(&end));
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"every page on its node", test_every_page},
		{"kernels without NUMA, filters", test_refused},
		{"all memory locked", test_locks_all},
		CU_TEST_INFO_NULL,
	};

	return unit_main("maze nodes", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Halls: runs of blocks in mazes of more blocks than can be mapped for devices
 * one by one. Most tests look at the plan alone, which takes no memory.
 */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "maze_plan.h"
#include "unit_maze.h"

/* A million mbufs of the usual size. */
#define MILLION 1195
#define MOST    100000

static uint32_t slot_of[MOST];
static uint8_t used[4 * MOST];

static void
plan(struct labyrinth_maze *maze, uint32_t blocks, uint32_t halls, uint64_t seed)
{
	struct labyrinth_entropy ent;

	labyrinth_entropy_init(&ent, unit_seed(seed), 0);
	*maze = (struct labyrinth_maze){.blocks = blocks, .slot_of = slot_of, .fd = -1};
	lab_maze_plan(maze, halls, &ent);
}

/* Marks the slots that are memory. */
static void
mark(const struct labyrinth_maze *maze)
{
	uint32_t i;

	CU_ASSERT_TRUE_FATAL(maze->slots <= sizeof(used));
	memset(used, 0, maze->slots);
	for (i = 0; i < maze->blocks; i++) {
		CU_ASSERT_TRUE_FATAL(maze->slot_of[i] < maze->slots);
		CU_ASSERT_FALSE(used[maze->slot_of[i]]);
		used[maze->slot_of[i]] = 1;
	}
}

/* Every hall is memory from its first to its last slot, and a wall on both sides. */
static void
check_halls(const struct labyrinth_maze *maze, bool by_address)
{
	uint32_t least = maze->blocks / maze->halls;
	uint32_t most = (maze->blocks + maze->halls - 1) / maze->halls;
	uint32_t blocks = 0;
	uint32_t end = 0;
	uint32_t i;
	uint32_t j;

	mark(maze);
	for (i = 0; i < maze->halls; i++) {
		struct labyrinth_hall hall = labyrinth_maze_hall(maze, i);

		CU_ASSERT_TRUE(hall.blocks >= least && hall.blocks <= most);
		CU_ASSERT_TRUE(!by_address || hall.slot > end);
		CU_ASSERT_TRUE_FATAL(hall.slot > 0 && hall.slot + hall.blocks < maze->slots);
		CU_ASSERT_FALSE(used[hall.slot - 1] || used[hall.slot + hall.blocks]);
		for (j = 0; j < hall.blocks; j++)
			CU_ASSERT_TRUE(used[hall.slot + j]);
		blocks += hall.blocks;
		end = hall.slot + hall.blocks;
	}
	CU_ASSERT_EQUAL(blocks, maze->blocks);
}

static void
test_plans(void)
{
	static const uint32_t blocks[] = {65, 66, 127, 128, 129, 300, MILLION, 16384, MOST};
	struct labyrinth_maze maze;
	uint64_t seed;
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(blocks); i++) {
		for (seed = 0; seed < 8; seed++) {
			plan(&maze, blocks[i], LABYRINTH_MAZE_HALLS_MAX, seed);
			CU_ASSERT_EQUAL(maze.halls, LABYRINTH_MAZE_HALLS_MAX);
			check_halls(&maze, true);
		}
	}
	plan(&maze, 300, 7, 1);
	CU_ASSERT_EQUAL(maze.halls, 7);
	check_halls(&maze, true);
	plan(&maze, 300, 1, 1);
	CU_ASSERT_EQUAL(maze.halls, 1);
	check_halls(&maze, true);
}

/* What small mazes look like does not depend on how many halls may be. */
static void
test_small_as_ever(void)
{
	static const uint32_t blocks[] = {1, 2, 10, 63, 64};
	struct labyrinth_maze maze;
	uint32_t kept[64];
	uint64_t seed;
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(blocks); i++) {
		for (seed = 0; seed < 8; seed++) {
			plan(&maze, blocks[i], 0, seed);
			memcpy(kept, slot_of, sizeof(kept));
			plan(&maze, blocks[i], LABYRINTH_MAZE_HALLS_MAX, seed);
			CU_ASSERT_EQUAL(memcmp(kept, slot_of, blocks[i] * sizeof(kept[0])), 0);
			CU_ASSERT_EQUAL(maze.halls, blocks[i]);
			check_halls(&maze, false);
		}
	}
	plan(&maze, MILLION, 0, 1);
	CU_ASSERT_EQUAL(maze.halls, MILLION);
	check_halls(&maze, false);
}

/* Each slot but those at the ends is memory about as often as any other. */
static void
test_slots_even(void)
{
	enum {
		PLANS = 4000,
		BLOCKS = 70
	};
	static uint32_t hits[4 * BLOCKS];
	struct labyrinth_maze maze;
	uint32_t seed;
	uint32_t i;

	memset(hits, 0, sizeof(hits));
	for (seed = 0; seed < PLANS; seed++) {
		plan(&maze, BLOCKS, 35, 5000 + seed);
		for (i = 0; i < BLOCKS; i++)
			hits[slot_of[i]]++;
	}
	/* A quarter of them: standard deviation 28. */
	for (i = 8; i < maze.slots - 8; i++)
		CU_ASSERT_TRUE(hits[i] > 840 && hits[i] < 1180);
}

/* The order of the blocks knows nothing of halls. */
static void
test_order(void)
{
	enum {
		PLANS = 2000
	};
	struct labyrinth_maze maze;
	uint32_t beside = 0;
	uint32_t seed;
	uint32_t i;

	for (seed = 0; seed < PLANS; seed++) {
		plan(&maze, 128, LABYRINTH_MAZE_HALLS_MAX, 20000 + seed);
		for (i = 1; i < maze.blocks; i++)
			beside += slot_of[i] == slot_of[i - 1] + 1;
	}
	/* 64 pairs of 128 * 127 lie beside each other so: 127 / 254 a plan. */
	CU_ASSERT_TRUE(beside > PLANS / 2 - 160 && beside < PLANS / 2 + 160);
}

/* Collision entropy of what was counted, in bits. */
static double
bits_of(const uint32_t *counts, uint32_t n)
{
	double total = 0.0;
	double equal = 0.0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		total += counts[i];
		equal += (double)counts[i] * (counts[i] - 1.0);
	}
	return log2(total) + log2(total - 1.0) - log2(equal);
}

struct cost {
	double slot;  /* bits: where a block lies */
	double apart; /* bits: how far, and in which direction, the next one of the file lies */
	double wall;  /* share of blocks with a wall behind them */
};

static struct cost
measure(uint32_t blocks, uint32_t halls, uint32_t plans)
{
	static uint32_t slots[4 * MILLION];
	static uint32_t apart[8 * MILLION];
	struct labyrinth_maze maze;
	uint64_t walls = 0;
	uint32_t seed;
	uint32_t i;

	memset(slots, 0, sizeof(slots));
	memset(apart, 0, sizeof(apart));
	for (seed = 0; seed < plans; seed++) {
		plan(&maze, blocks, halls, 70000 + seed);
		slots[slot_of[0]]++;
		for (i = 1; i < blocks; i++)
			apart[4 * blocks + slot_of[i] - slot_of[i - 1]]++;
		mark(&maze);
		for (i = 0; i < blocks; i++)
			walls += !used[slot_of[i] + 1];
	}
	return (struct cost){bits_of(slots, 4 * blocks), bits_of(apart, 8 * blocks),
	                     (double)walls / plans / blocks};
}

/* What a leaked address tells, and how near the next wall is. */
static void
test_cost(void)
{
	static const uint32_t blocks[] = {64, 128, 320, MILLION};
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(blocks); i++) {
		uint32_t plans = UNIT_TSAN || UNIT_ASAN ? 2000 : 4000;
		struct cost without = measure(blocks[i], 0, plans);
		struct cost with = measure(blocks[i], LABYRINTH_MAZE_HALLS_MAX, plans);

		printf("\n    %4u pages: slot of a page %.2f bits (%.2f without halls), of the "
		       "next from there %.2f (%.2f), a wall behind %.3f of them (%.3f) ",
		       blocks[i], with.slot, without.slot, with.apart, without.apart, with.wall,
		       without.wall);
		CU_ASSERT_TRUE(with.slot > without.slot - 0.1);
		CU_ASSERT_TRUE(with.apart > without.apart - 0.1);
		CU_ASSERT_TRUE(without.wall == 1.0);
		CU_ASSERT_DOUBLE_EQUAL(with.wall, (double)LABYRINTH_MAZE_HALLS_MAX / blocks[i],
		                       0.001);
	}
	printf("\n  ");
}

/* How many halls are chosen decides how much an overflow can walk and a leak tells. */
static void
test_fewer(void)
{
	static const uint32_t blocks[] = {24, 401};
	static const uint32_t halls[] = {1, 8, LABYRINTH_MAZE_HALLS_MAX, 0};
	double apart = 0.0;
	size_t i;
	size_t j;

	for (i = 0; i < UNIT_ARRAY_LEN(blocks); i++) {
		for (j = 0; j < UNIT_ARRAY_LEN(halls); j++) {
			uint32_t of = halls[j] == 0 || halls[j] > blocks[i] ? blocks[i] : halls[j];
			struct cost cost = measure(blocks[i], halls[j], 4000);

			printf("\n    %3u pages in %3u halls: longest run %3u pages, slot of a "
			       "page "
			       "%5.2f bits, of the next from there %5.2f ",
			       blocks[i], of, (blocks[i] + of - 1) / of, cost.slot, cost.apart);
			CU_ASSERT_DOUBLE_EQUAL(cost.wall, (double)of / blocks[i], 0.001);
			/* The window is as large as ever: a hall lies anywhere in it. */
			CU_ASSERT_TRUE(cost.slot > log2(3.0 * blocks[i]) - 0.3);
			/* The more halls, the less one page tells of the next. */
			CU_ASSERT_TRUE(j == 0 || cost.apart > apart - 0.1);
			apart = cost.apart;
		}
	}
	printf("\n  ");
}

/* As it is mapped: pages of a hall come from anywhere in the file. */
static void
test_mapped(void)
{
	struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_SMALL, 12);
	struct labyrinth_maze maze;
	uint32_t i;

	params.halls = 5;
	CU_ASSERT_EQUAL_FATAL(labyrinth_maze_map(&maze, &params, slot_of, unit_seed(3)), 0);
	CU_ASSERT_EQUAL(maze.halls, 5);
	check_halls(&maze, true);
	for (i = 0; i < maze.blocks; i++) {
		uint8_t *block = labyrinth_maze_block(&maze, i);
		uint32_t mark_of = 0x70 + i;
		uint32_t value = 0;

		memcpy(block + LABYRINTH_SLOT_SIZE - sizeof(mark_of), &mark_of, sizeof(mark_of));
		CU_ASSERT_EQUAL(pread(maze.fd, &value, sizeof(value),
		                      (off_t)(i + 1) * LABYRINTH_SLOT_SIZE - 4),
		                (ssize_t)sizeof(value));
		CU_ASSERT_EQUAL(value, mark_of);
	}
	labyrinth_maze_unmap(&maze);
	params.halls = LABYRINTH_MAZE_HALLS_MAX + 1;
	CU_ASSERT_EQUAL(labyrinth_maze_map(&maze, &params, slot_of, unit_seed(3)), -EINVAL);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"plans of large mazes", test_plans},  {"small mazes as ever", test_small_as_ever},
		{"slots are even", test_slots_even},   {"the order of blocks", test_order},
		{"as it is mapped", test_mapped},      {"what halls cost", test_cost},
		{"what fewer halls cost", test_fewer}, CU_TEST_INFO_NULL,
	};

	return unit_main("maze halls", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * First in, first out, where frames or rooms are few: what a get that fails does to the
 * order, and what calls that find no lane leave behind.
 */

#include <errno.h>

#include "queue.h"
#include "unit.h"

#define FRAMES 4096
#define MANY   16384
#define LANES  64

static struct unit_lab u;

static bool
make(void)
{
	struct labyrinth_params params =
		unit_params(FRAMES, LABYRINTH_F_SEAL | LABYRINTH_F_FIFO_REUSE);

	params.lanes = LANES;
	return unit_make(&u, &params, 5);
}

static uint64_t
queue_word(void)
{
	struct lab_queue queue = lab_queue_look(u.lab);

	return queue.head | (uint64_t)queue.tail << 32;
}

/* A get that finds nothing does not say that shelves have been handed out. */
static void
test_failing_get(void)
{
	uint64_t before;
	void *frame;
	uint32_t i;

	if (!make())
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, FRAMES), 0);
	/* The first one looks at shelves that others have emptied. */
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, &frame, 1), -ENOENT);
	before = queue_word();
	for (i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, &frame, 1), -ENOENT);
	CU_ASSERT_EQUAL(queue_word(), before);
	labyrinth_put(u.lab, 0, u.got, FRAMES);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
}

/* Rooms with frames in the depot. */
static uint32_t
rooms_used(void)
{
	uint32_t rooms = 0;
	uint32_t room;
	uint32_t i;

	for (i = 0; i < LAB_SHELVES; i++) {
		for (room = lab_depot_top(&u.lab->partial[i]); room != LAB_NO_ROOM;
		     room = lab_depot_below(u.lab, room))
			rooms++;
		for (room = lab_depot_top(&u.lab->full[i]); room != LAB_NO_ROOM;
		     room = lab_depot_below(u.lab, room))
			rooms++;
	}
	return rooms;
}

/* Who finds no lane and frees one frame shares a room with those before, as in any other order. */
static void
test_no_lane(void)
{
	uint32_t before;
	uint32_t i;

	if (!make())
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, LANES), 0);
	unit_lanes_busy(u.lab, true);
	before = rooms_used();
	for (i = 0; i < LANES; i++)
		labyrinth_put(u.lab, LABYRINTH_LANE_ANY, &u.got[i], 1);
	CU_ASSERT_TRUE(rooms_used() <= before + 1);
	unit_lanes_busy(u.lab, false);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
}

/* All come in their turn, though each get has a room to itself, takes one frame, and goes. */
static void
test_no_lane_turns(void)
{
	static bool came[FRAMES];
	uint32_t different = 0;
	void *frame;
	uint32_t i;

	if (!make())
		return;
	unit_lanes_busy(u.lab, true);
	for (i = 0; i < 2 * FRAMES; i++) {
		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, LABYRINTH_LANE_ANY, &frame, 1), 0);
		different += !came[unit_index(&u, frame)];
		came[unit_index(&u, frame)] = true;
		labyrinth_put(u.lab, LABYRINTH_LANE_ANY, &frame, 1);
	}
	CU_ASSERT_EQUAL(different, FRAMES);
	unit_lanes_busy(u.lab, false);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
}

/* Opened in pieces, the queue's parts are those of the whole. */
static void
test_pieces(void)
{
	struct labyrinth_params params =
		unit_params(MANY, LABYRINTH_F_SEAL | LABYRINTH_F_FIFO_REUSE);
	static uint32_t last[MANY];
	uint32_t soonest = UINT32_MAX;
	void *frame;
	uint32_t i;
	bool made;

	unit_piece = LABYRINTH_ROOM_FRAMES;
	made = unit_make(&u, &params, 6);
	unit_piece = 0;
	if (!made)
		return;
	for (i = 0; i < 2 * MANY; i++) {
		uint32_t *before;

		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
		before = &last[unit_index(&u, frame)];
		if (*before != 0 && i + 1 - *before < soonest)
			soonest = i + 1 - *before;
		*before = i + 1;
		labyrinth_put(u.lab, 0, &frame, 1);
	}
	CU_ASSERT_TRUE(soonest >= MANY * 3 / 4);
	unit_drop(&u);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"a get that fails leaves the order alone", test_failing_get},
		{"who finds no lane shares a room", test_no_lane},
		{"who finds no lane gets them in turn", test_no_lane_turns},
		{"opened in pieces", test_pieces},
		CU_TEST_INFO_NULL,
	};

	return unit_main("fifo", tests);
}

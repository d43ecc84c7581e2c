/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The depot's heads and the lanes' slots by themselves: whatever happened in
 * between, a word seen before is not the word seen after.
 */

#include <stdlib.h>
#include <string.h>

#include "depot.h"
#include "lane.h"
#include "unit.h"

static struct unit_lab u;

static bool
make(void)
{
	struct labyrinth_params params = unit_params(1000, LABYRINTH_F_SEAL);

	return unit_make(&u, &params, 1);
}

static uint64_t
head_word(const struct lab_head *head)
{
	return atomic_load(&head->word);
}

static void
test_stack(void)
{
	uint32_t rooms[1024];
	uint32_t n = 0;
	uint32_t i;

	if (!make())
		return;
	while (n < UNIT_ARRAY_LEN(rooms) &&
	       (rooms[n] = lab_depot_pop(u.lab, u.lab->empty, NULL)) != LAB_NO_ROOM)
		n++;
	CU_ASSERT_TRUE_FATAL(n > 4 && n < UNIT_ARRAY_LEN(rooms));
	for (i = 0; i < n; i++)
		lab_depot_push(u.lab, u.lab->empty, rooms[i]);
	for (i = n; i > 0; i--)
		CU_ASSERT_EQUAL(lab_depot_pop(u.lab, u.lab->empty, NULL), rooms[i - 1]);
	CU_ASSERT_EQUAL(lab_depot_pop(u.lab, u.lab->empty, NULL), LAB_NO_ROOM);
	unit_drop(&u);
}

/*
 * A pop that read top and below, stopped, and goes on when the same room is on
 * top again with another one below it: its swap must fail.
 */
static void
test_aba(void)
{
	struct lab_head *head;
	uint64_t seen;
	uint32_t a;
	uint32_t b;
	uint32_t i;

	if (!make())
		return;
	head = u.lab->empty;
	for (i = 0; i < 1000; i++) {
		seen = head_word(head);
		a = lab_depot_pop(u.lab, head, NULL);
		b = lab_depot_pop(u.lab, head, NULL);
		lab_depot_push(u.lab, head, a);
		CU_ASSERT_EQUAL(head_word(head) & LAB_ROOM_MASK, seen & LAB_ROOM_MASK);
		CU_ASSERT_NOT_EQUAL(head_word(head), seen);
		lab_depot_pop(u.lab, head, NULL);
		lab_depot_push(u.lab, head, b);
		lab_depot_push(u.lab, head, a);
		CU_ASSERT_NOT_EQUAL(head_word(head), seen);
		CU_ASSERT_EQUAL(head_word(head) >> LAB_ROOM_BITS, (seen >> LAB_ROOM_BITS) + 3);
	}
	unit_drop(&u);
}

/* The version wraps around without touching the room. */
static void
test_version_wraps(void)
{
	struct lab_head *head;
	uint32_t top;

	if (!make())
		return;
	head = u.lab->empty;
	atomic_fetch_or(&head->word, ~(uint64_t)LAB_ROOM_MASK);
	top = (uint32_t)head_word(head) & LAB_ROOM_MASK;
	CU_ASSERT_EQUAL(lab_depot_pop(u.lab, head, NULL), top);
	CU_ASSERT_EQUAL(head_word(head) >> LAB_ROOM_BITS, 0);
	lab_depot_push(u.lab, head, top);
	CU_ASSERT_EQUAL(head_word(head), top);
	unit_drop(&u);
}

/* A slot peeked at before a session, a theft or both cannot be entered after. */
static void
test_stale_peek(void)
{
	struct lab_session session = {0};
	struct lab_lane *lane;
	void *frame;
	uint64_t seen;

	if (!make())
		return;
	lane = &u.lab->lanes[LABYRINTH_GUEST_LANES];
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
	labyrinth_put(u.lab, 0, &frame, 1);
	seen = lab_lane_peek(lane);
	CU_ASSERT_TRUE(lab_lane_enter(lane, &session));
	CU_ASSERT_FALSE(lab_lane_enter_seen(lane, seen));
	CU_ASSERT_FALSE(lab_lane_enter_seen(lane, seen | LAB_BUSY));
	lab_lane_leave(u.lab, &session);
	CU_ASSERT_EQUAL(lab_lane_peek(lane) & LAB_SLOT_ROOMS, seen & LAB_SLOT_ROOMS);
	CU_ASSERT_FALSE(lab_lane_enter_seen(lane, seen));
	seen = lab_lane_peek(lane);
	/* All stolen, and used again. */
	CU_ASSERT_TRUE(unit_all_once(&u, 3));
	labyrinth_put(u.lab, 3, u.got, u.frames);
	CU_ASSERT_EQUAL(lab_lane_peek(lane) & LAB_SLOT_ROOMS, 0);
	CU_ASSERT_NOT_EQUAL(lab_lane_peek(lane), 0);
	CU_ASSERT_FALSE(lab_lane_enter_seen(lane, seen));
	seen = lab_lane_peek(lane);
	CU_ASSERT_TRUE(lab_lane_enter_seen(lane, seen));
	lab_lane_leave_slot(lane, seen);
	unit_drop(&u);
}

/* A slot's version wraps around without touching rooms or the busy bit. */
static void
test_slot_wraps(void)
{
	uint64_t slot = ~LAB_BUSY;

	CU_ASSERT_EQUAL(lab_slot_next(slot), LAB_SLOT_ROOMS);
	CU_ASSERT_EQUAL(lab_slot_next(slot | LAB_BUSY), LAB_SLOT_ROOMS);
	CU_ASSERT_EQUAL(lab_slot_next(5), LAB_SLOT_VERSION_ONE | 5);
	CU_ASSERT_EQUAL(lab_slot_next(LAB_BUSY | 5), LAB_SLOT_VERSION_ONE | 5);
}

/*
 * What a lane holds cannot be got while somebody is in it, and is not counted
 * then: who waits for a count can get as many frames.
 */
static void
test_count_hides(void)
{
	struct lab_session session = {0};
	struct lab_lane *lane;

	if (!make())
		return;
	lane = &u.lab->lanes[LABYRINTH_GUEST_LANES];
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, u.got, u.frames), 0);
	labyrinth_put(u.lab, 0, u.got, 100);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), 100);
	CU_ASSERT_TRUE_FATAL(lab_lane_enter(lane, &session));
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), 0);
	/* A room taken during the session is the session's, too. */
	session.back = lab_depot_pop(u.lab, u.lab->empty, NULL);
	lab_session_publish(&session);
	lab_room_count_set(lab_room(u.lab, session.back), 7);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), 0);
	lab_room_count_set(lab_room(u.lab, session.back), 0);
	lab_lane_leave(u.lab, &session);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), 100);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 100), 0);
	unit_drop(&u);
}

static int
by_address(const void *a, const void *b)
{
	uintptr_t x = *(const uintptr_t *)a;
	uintptr_t y = *(const uintptr_t *)b;

	return (x > y) - (x < y);
}

/* Get so many frames and put them; they are left sorted in `got`. */
static bool
round_trip(struct unit_lab *big, uint32_t lane, void **got, uint32_t n)
{
	if (labyrinth_get(big->lab, lane, got, n) != 0)
		return false;
	labyrinth_put(big->lab, lane, got, n);
	qsort(got, n, sizeof(got[0]), by_address);
	return true;
}

/*
 * Lanes that take turns get their own frames again, and none of each other's. Yet
 * any lane gets all there are.
 */
static void
test_shelves(void)
{
	struct labyrinth_params params = unit_params(20 * LABYRINTH_ROOM_FRAMES, LABYRINTH_F_SEAL);
	static void *first[2][5 * LABYRINTH_ROOM_FRAMES];
	static void *again[5 * LABYRINTH_ROOM_FRAMES];
	const uint32_t n = UNIT_ARRAY_LEN(again);
	struct unit_lab big;
	uint32_t lane;
	uint32_t i;

	CU_ASSERT_FATAL(unit_make(&big, &params, 1));
	for (lane = 0; lane < 2; lane++)
		CU_ASSERT_TRUE_FATAL(round_trip(&big, lane, first[lane], n));
	for (i = 0; i < 10; i++) {
		lane = i % 2;
		CU_ASSERT_TRUE_FATAL(round_trip(&big, lane, again, n));
		CU_ASSERT_EQUAL(memcmp(again, first[lane], sizeof(again)), 0);
	}
	for (i = 0; i < n; i++)
		CU_ASSERT_PTR_NULL(
			bsearch(&first[0][i], first[1], n, sizeof(again[0]), by_address));
	for (lane = 0; lane < 2; lane++) {
		CU_ASSERT_EQUAL(labyrinth_get(big.lab, lane, big.got, big.frames), 0);
		labyrinth_put(big.lab, lane, big.got, big.frames);
	}
	unit_drop(&big);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"last in, first out", test_stack},
		{"a head seen twice is the same head", test_aba},
		{"a head's version wraps around", test_version_wraps},
		{"a slot seen before a session is not entered", test_stale_peek},
		{"a slot's version wraps around", test_slot_wraps},
		{"frames that cannot be got are not counted", test_count_hides},
		{"shelves keep lanes apart", test_shelves},
		CU_TEST_INFO_NULL,
	};

	return unit_main("depot", tests);
}

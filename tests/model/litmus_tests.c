/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What the explorer is used on: lane.c, lane_cache.c, lane_steal.c, page.c and the headers
 * below them as they are shipped, in calls of two or three threads.
 */

#include <string.h>

#include "depot.h"
#include "event.h"
#include "gauge.h"
#include "lane.h"
#include "labyrinth_gfp.h"
#include "litmus_tests.h"

/* --- the labyrinth -------------------------------------------------------------- */

enum {
	ROOMS = 3,
	CALLS_LEFT = 5, /* of a kept lane, after a call */
};

static struct labyrinth lab;
static struct lab_room rooms[ROOMS + 1];
static struct lab_lane lanes[LIT_THREADS];
static uint64_t plain[ROOMS + 1]; /* stands for the frames of a room */
static uint8_t held[ROOMS + 1];   /* by a thread that popped the room */
static uint64_t page;
static _Atomic uint32_t page_word[1];
static void *page_table[1];
static struct lab_slot slot[1];
static uint32_t slot_page[1];

uint64_t lab_process_key;
uint32_t lab_process_number;

static uint32_t
owned(uint32_t room)
{
	/* Read, then written: both need to know the last holder's writes. */
	LIT_CHECK(room <= ROOMS);
	lit_read(&plain[room]);
	lit_write(&plain[room], lit_read(&plain[room]) + 1);
	return room;
}

void
lit_reset(void)
{
	uint32_t i;

	memset(&lab, 0, sizeof(lab));
	memset(rooms, 0, sizeof(rooms));
	memset(lanes, 0, sizeof(lanes));
	memset(plain, 0, sizeof(plain));
	memset(held, 0, sizeof(held));
	memset((void *)page_word, 0, sizeof(page_word));
	page = 0;
	lab.rooms = rooms;
	lab.lanes = lanes;
	lab.own = lanes;
	lab.lane_count = LIT_THREADS;
	lab.owns = LIT_THREADS;
	lab.room_count = ROOMS;
	lab.version = page_word;
	lab.entrance = (uintptr_t)&page;
	lab.span = LABYRINTH_PAGE_SIZE;
	slot[0].number = (uintptr_t)&page >> LAB_SLOT_SHIFT;
	lab.slot = slot;
	lab.slot_page = slot_page;
	lab.frames = 1;
	lab.flags = LABYRINTH_F_PAGES;
	page_table[0] = &page;
	lab.table = page_table;
	for (i = 0; i < LIT_THREADS; i++)
		lanes[i].id = i;
}

static void
pop_and_use(void)
{
	uint32_t room = lab_depot_pop(&lab, lab.full, NULL);

	if (room != LAB_NO_ROOM)
		held[owned(room)]++;
}

/* What was on top changes, and is the same again, unless the version tells. */
static void
pop_two_push_first(void)
{
	uint32_t first = lab_depot_pop(&lab, lab.full, NULL);
	uint32_t second = lab_depot_pop(&lab, lab.full, NULL);

	if (second != LAB_NO_ROOM)
		held[owned(second)]++;
	if (first != LAB_NO_ROOM)
		lab_depot_push(&lab, lab.full, owned(first));
}

static void
pop_and_push(void)
{
	uint32_t room = lab_depot_pop(&lab, lab.full, NULL);

	if (room != LAB_NO_ROOM)
		lab_depot_push(&lab, lab.full, owned(room));
}

static void
push_one(void)
{
	lab_depot_push(&lab, lab.full, owned(1));
}

static void
push_two(void)
{
	lab_depot_push(&lab, lab.full, owned(2));
}

/* A room is on some shelf all the time: whoever takes one finds it. */
static void
give_and_take(void)
{
	lab_depot_push(&lab, &lab.full[1], owned(2));
	lab_depot_pop(&lab, &lab.full[2], NULL);
}

static void
take_room(void)
{
	LIT_CHECK(lab_depot_take(&lab, lab.full, &lanes[0]) != LAB_NO_ROOM);
}

static void
in_and_out(void)
{
	struct lab_session session;

	if (!lab_lane_enter(&lanes[0], &session))
		return;
	owned(session.front);
	lab_lane_leave(&lab, &session);
}

/* The back room comes to the front, as when the front one is empty or full. */
static void
in_turn_out(void)
{
	struct lab_session session;
	uint32_t front;

	if (!lab_lane_enter(&lanes[0], &session))
		return;
	front = session.front;
	session.front = session.back;
	session.back = front;
	lab_lane_leave(&lab, &session);
}

/* As lab_get_fast(): what is read between peek and entry holds if the entry succeeds. */
static void
peek_and_enter(void)
{
	uint64_t slot = lab_lane_peek(&lanes[0]);
	struct lab_room *room = lab_lane_front(&lanes[0]);
	uint32_t number = (uint32_t)slot & LAB_ROOM_MASK;
	uint32_t count = lab_room_count(room);

	if (number == LAB_NO_ROOM || !lab_lane_enter_seen(&lanes[0], slot))
		return;
	LIT_CHECK(room == &rooms[number]);
	owned(number);
	LIT_CHECK(lab_room_count(room) == count);
	lab_room_count_set(room, count + 1);
	lab_lane_leave_slot(&lanes[0], slot);
}

static void
steal(void)
{
	struct lab_session session = {.lane = &lanes[1]};

	if (lab_lane_steal(&lab, &session, true) && session.front != LAB_NO_ROOM)
		owned(session.front);
}

static void
use_page(void)
{
	uint64_t *mine = alloc_labyrinth_page_atomic_exclusive(
		&lab, LABYRINTH_GFP_ATOMIC | LABYRINTH_GFP_EXCLUSIVE);

	if (mine == NULL)
		return;
	lit_write(mine, lit_read(mine) + 1);
	labyrinth_free_page(&lab, mine);
}

/* A kept call changes a count; who sees that the call has ended sees the count too. */
static void
kept_call(void)
{
	lab_lane_begin(&lanes[0]);
	lab_room_count_set(&rooms[1], 7);
	lab_lane_end(&lanes[0], CALLS_LEFT);
}

static void
count_frames(void)
{
	int32_t left = (int32_t)atomic_load_explicit(&lanes[0].left, memory_order_acquire);

	if (left == CALLS_LEFT)
		LIT_CHECK(lab_room_count(&rooms[1]) == 7);
}

/* --- what these call and nobody looks at ---------------------------- */

void
lab_event(struct labyrinth *l, struct lab_lane *lane, enum labyrinth_event event, uint32_t n)
{
	(void)l;
	(void)lane;
	(void)event;
	(void)n;
}

uint32_t
lab_lane_holds(const struct labyrinth *l, const struct lab_lane *lane, bool *busy)
{
	(void)l;
	(void)lane;
	(void)busy;
	return 0;
}

void
lab_violation(struct labyrinth *l, const struct lab_lane *lane, struct labyrinth_violation *v)
{
	(void)l;
	(void)lane;
	(void)v;
	lit_fail("a violation is told");
}

void
lab_lane_look_at_clock(struct labyrinth *l, struct lab_lane *lane)
{
	(void)l;
	(void)lane;
}

uint64_t
lab_far_place(const struct labyrinth *l, const void *frame)
{
	(void)l;
	(void)frame;
	return LAB_NO_PLACE;
}

uint32_t
lab_process_id(void)
{
	return 1;
}

/* --- tests ---------------------------------------------------------------------- */

static void
in_stack(void)
{
	lab_depot_push(&lab, lab.full, 2);
	lab_depot_push(&lab, lab.full, 1);
}

static void
in_lane(void)
{
	lab_room_count_set(&rooms[1], 3);
	lab_lane_mark_used(&lab, 0);
	lab_lane_front_note(&lanes[0], &rooms[1]);
	lab_lane_leave_slot(&lanes[0], 1);
}

static void
in_lane_both(void)
{
	in_lane();
	lab_lane_leave_slot(&lanes[0], 1 | 2 << LAB_ROOM_BITS);
}

static void
on_other_shelf(void)
{
	lab_depot_push(&lab, &lab.full[2], 1);
}

static void
under(void)
{
	lab_depot_push(&lab, lab.full, 2);
}

/* In the end rooms 1 and 2 are in the stack or with who popped them, once. */
static void
each_once(void)
{
	uint8_t times[ROOMS + 1] = {0};
	uint32_t room;
	uint32_t steps;

	lit_join_all();
	room = lab_depot_top(lab.full);
	for (steps = 0; room != LAB_NO_ROOM && steps <= ROOMS; steps++) {
		times[room]++;
		room = lab_depot_below(&lab, room);
	}
	for (room = 1; room <= 2; room++) {
		if (times[room] + held[room] != 1)
			lit_fail("a room is in no place or in two");
	}
}

static void
nowhere(void)
{
}

const struct lit_test lit_tests[] = {
	{"push onto another, pop", under, {push_one, pop_and_use}, 99, each_once},
	{"push onto another, two pop", under, {push_one, pop_and_use, pop_and_use}, 3, each_once},
	{"pop, pop two and push the first",
         in_stack,
         {pop_and_use, pop_two_push_first},
         99,
         each_once},
	{"push, pop", nowhere, {push_one, pop_and_use}, 99},
	{"pop and push, pop", in_stack, {pop_and_push, pop_and_use}, 99},
	{"two push, one pops", nowhere, {push_one, push_two, pop_and_use}, 3},
	{"three pop and push", in_stack, {pop_and_push, pop_and_push, pop_and_use}, 2},
	{"a room moves to a shelf looked at", on_other_shelf, {give_and_take, take_room}, 5},
	{"two sessions", in_lane, {in_and_out, in_and_out}, 99},
	{"a session, a theft", in_lane, {in_and_out, steal}, 99},
	{"sessions, a theft", in_lane, {in_and_out, steal, in_and_out}, 3},
	{"peek before entry", in_lane, {peek_and_enter, peek_and_enter}, 99},
	{"peek, a theft", in_lane, {peek_and_enter, steal}, 99},
	{"peek, rooms change places", in_lane_both, {peek_and_enter, in_turn_out}, 99},
	{"two peek, rooms change places",
         in_lane_both,
         {peek_and_enter, in_turn_out, peek_and_enter},
         3},
	{"pages", nowhere, {use_page, use_page}, 99},
	{"pages, three threads", nowhere, {use_page, use_page, use_page}, 3},
	{"kept calls", nowhere, {kept_call, count_frames}, 99},
};

const uint32_t lit_tests_count = sizeof(lit_tests) / sizeof(lit_tests[0]);

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What is remembered of each frame's moves: that no overflow reaches it, and that
 * it names who called.
 */

#include <string.h>

#include "labyrinth_private.h"
#include "unit.h"

#define FRAMES   300
#define FLAGS    (LABYRINTH_F_SEAL | LABYRINTH_F_REPORT | LABYRINTH_F_TRACE)
#define NOINLINE __attribute__((noinline))
/* Keeps a call from becoming a jump, and two functions from becoming one. */
#define STAY(name) __asm__ volatile("# " name)

static bool
make(struct unit_lab *u, uint32_t trace, uint64_t seed)
{
	struct labyrinth_params params = unit_params(FRAMES, FLAGS);

	params.trace = trace;
	return unit_make(u, &params, seed);
}

/* As a driver's handler, called by one function that a program has for all its frees. */
static NOINLINE void
handler_put(labyrinth_t *lab, void *frame)
{
	labyrinth_put_from(lab, &frame, 1, 0, __builtin_return_address(0));
	STAY("handler");
}

static NOINLINE void
shared_free(labyrinth_t *lab, void *frame, volatile char *room)
{
	room[0] = 1;
	handler_put(lab, frame);
	STAY("shared");
}

static const void *caller_one;
static const void *caller_two;

static NOINLINE void
free_one(labyrinth_t *lab, void *frame)
{
	char room[200];

	shared_free(lab, frame, room);
	STAY("one");
}

static NOINLINE void
free_two(labyrinth_t *lab, void *frame)
{
	char room[2000];

	shared_free(lab, frame, room);
	STAY("two");
}

static const void *
caller_of_last(const struct unit_lab *u, const void *frame)
{
	struct labyrinth_move move;

	CU_ASSERT_EQUAL_FATAL(labyrinth_moves(u->lab, frame, &move, 1), 1);
	CU_ASSERT_TRUE(move.put);
	return move.caller;
}

/* Within a function there is a place that called: near its start. */
static bool
within(const void *call, void (*function)(labyrinth_t *, void *))
{
	uintptr_t off = (uintptr_t)call - (uintptr_t)function;

	return off > 0 && off < 400;
}

static void
test_callers(void)
{
	struct unit_lab u;
	void *frame;
	uint32_t i;

	if (!make(&u, 4, 1))
		return;
	for (i = 0; i < 10; i++) {
		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
		free_one(u.lab, frame);
		caller_one = caller_of_last(&u, frame);
		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
		free_two(u.lab, frame);
		caller_two = caller_of_last(&u, frame);
#ifdef __x86_64__
		CU_ASSERT_TRUE(within(caller_one, free_one));
		CU_ASSERT_TRUE(within(caller_two, free_two));
#else
		CU_ASSERT_PTR_NULL(caller_one);
		CU_ASSERT_PTR_NULL(caller_two);
#endif
	}
	unit_drop(&u);
}

/* A place that is none of this thread's has no caller. */
static void
test_no_place(void)
{
	struct labyrinth_move move;
	struct unit_lab u;
	void *frame;
	uint32_t i;

	if (!make(&u, 2, 2))
		return;
	for (i = 0; i < 1000; i++) {
		const void *site = (const void *)(uintptr_t)(i * 4099);

		CU_ASSERT_EQUAL_FATAL(labyrinth_get_from(u.lab, &frame, 1, 0, site), 0);
		CU_ASSERT_EQUAL_FATAL(labyrinth_moves(u.lab, frame, &move, 1), 1);
		CU_ASSERT_PTR_EQUAL(move.site, site);
		CU_ASSERT_PTR_NULL(move.caller);
		labyrinth_put(u.lab, 0, &frame, 1);
	}
	unit_drop(&u);
}

/*
 * 64 bytes in front of every frame: each is found, as without a trace, and what is
 * remembered of the frames is what it was.
 */
static void
test_out_of_reach(void)
{
	const void *here = &unit_told;
	struct labyrinth_move move;
	struct unit_lab u;
	uint32_t i;

	if (!make(&u, 4, 3))
		return;
	labyrinth_violation_handler(unit_remember);
	CU_ASSERT_EQUAL_FATAL(labyrinth_get_from(u.lab, u.got, FRAMES, 1, here), 0);
	unit_told = 0;
	for (i = 0; i < FRAMES; i++) {
		uint8_t *frame = u.got[i];
		uint8_t room[64];

		memcpy(room, frame - sizeof(room), sizeof(room));
		memset(frame - sizeof(room), 0x41, sizeof(room));
		CU_ASSERT_EQUAL(labyrinth_moves(u.lab, frame, &move, 1), 1);
		CU_ASSERT_FALSE(move.put);
		CU_ASSERT_PTR_EQUAL(move.site, here);
		labyrinth_put(u.lab, 1, &u.got[i], 1);
		CU_ASSERT_EQUAL(unit_told, i + 1);
		CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_HEADER);
		memcpy(frame - sizeof(room), room, sizeof(room));
	}
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* What is no frame has no moves; every frame has its own. */
static void
test_own_moves(void)
{
	struct labyrinth_move moves[LABYRINTH_TRACE_MAX];
	struct unit_lab u;
	uint32_t round;
	uint32_t i;

	if (!make(&u, LABYRINTH_TRACE_MAX, 4))
		return;
	for (round = 0; round < 3; round++) {
		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 1, u.got, FRAMES), 0);
		for (i = 0; i < FRAMES; i++)
			labyrinth_put_from(u.lab, &u.got[i], 1, 1, u.got[i]);
	}
	for (i = 0; i < FRAMES; i++) {
		CU_ASSERT_EQUAL(labyrinth_moves(u.lab, u.got[i], moves, LABYRINTH_TRACE_MAX), 6);
		CU_ASSERT_PTR_EQUAL(moves[0].site, u.got[i]);
		CU_ASSERT_TRUE(moves[0].put && !moves[1].put && moves[4].put);
	}
	CU_ASSERT_EQUAL(labyrinth_moves(u.lab, &u, moves, 1), 0);
	CU_ASSERT_EQUAL(labyrinth_moves(u.lab, (uint8_t *)u.got[0] + 1, moves, 1), 0);
	unit_drop(&u);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"a place, and who called there", test_callers},
		{"a place of nobody's", test_no_place},
		{"out of reach of packet memory", test_out_of_reach},
		{"every frame has its own", test_own_moves},
		CU_TEST_INFO_NULL,
	};

	return unit_main("trace", tests);
}

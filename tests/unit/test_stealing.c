/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Whatever lane freed a frame, every other lane can get it; however few rooms
 * there are, no frame is lost. Lanes are held busy here by setting their busy
 * bit, as a thread that was stopped or killed inside of one leaves it.
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labyrinth_private.h"
#include "unit.h"

static const uint32_t sizes[] = {1, 2, 100, 255, 256, 257, 512, 513, 2000, 5000};

static void
test_any_lane_gets_all(void)
{
	static const uint32_t lanes[] = {0, 1, 7, LABYRINTH_LANE_ANY};
	uint32_t a;
	uint32_t b;
	size_t s;

	for (s = 0; s < UNIT_ARRAY_LEN(sizes); s++) {
		struct labyrinth_params params = unit_params(sizes[s], LABYRINTH_F_SEAL);
		struct unit_lab u;

		if (!unit_make(&u, &params, s))
			continue;
		for (a = 0; a < UNIT_ARRAY_LEN(lanes); a++) {
			for (b = 0; b < UNIT_ARRAY_LEN(lanes); b++) {
				CU_ASSERT_TRUE(unit_all_once(&u, lanes[a]));
				labyrinth_put(u.lab, lanes[a], u.got, u.frames);
				CU_ASSERT_TRUE(unit_all_once(&u, lanes[b]));
				labyrinth_put(u.lab, lanes[b], u.got, u.frames);
			}
		}
		unit_drop(&u);
	}
}

/* Frames freed one by one by all lanes in turn: lanes hold them all. */
static void
test_scattered_over_lanes(void)
{
	struct labyrinth_params params = unit_params(600, 0);
	struct labyrinth_stats stats;
	struct unit_lab u;
	uint32_t i;

	params.lanes = 100;
	params.busy_lanes = 100;
	if (!unit_make(&u, &params, 1))
		return;
	for (i = 0; i < 200; i++) {
		uint32_t lane = i * 7 % 101; /* 100 is one too high */
		uint32_t f;

		CU_ASSERT_TRUE(unit_all_once(&u, lane));
		for (f = 0; f < 600; f++)
			labyrinth_put(u.lab, (f + i) % 100, &u.got[f], 1);
		CU_ASSERT_EQUAL(labyrinth_count(u.lab), 600);
	}
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_EQUAL(stats.cached, 600);
	CU_ASSERT_TRUE(stats.steals >= 199 * 99);
	CU_ASSERT_TRUE(unit_all_once(&u, LABYRINTH_LANE_ANY));
	unit_drop(&u);
}

/* More lanes with a room than there are rooms to spare. */
static void
few_rooms(uint32_t frames, uint32_t lanes)
{
	struct labyrinth_params params = unit_params(frames, LABYRINTH_F_SEAL);
	struct unit_lab u;
	uint32_t round;
	uint32_t f;

	params.lanes = lanes;
	params.busy_lanes = 0;
	if (!unit_make(&u, &params, frames))
		return;
	for (round = 0; round < 8; round++) {
		CU_ASSERT_TRUE(unit_all_once(&u, round % 4));
		for (f = 0; f < frames; f++)
			labyrinth_put(u.lab, (f * 3 + round) % lanes, &u.got[f], 1);
		CU_ASSERT_EQUAL(labyrinth_count(u.lab), frames);
		CU_ASSERT_TRUE(unit_all_once(&u, lanes - 1 - round));
		for (f = 0; f < frames; f++)
			labyrinth_put(u.lab, (f / 5) % lanes, &u.got[f], 1);
		CU_ASSERT_EQUAL(labyrinth_count(u.lab), frames);
	}
	unit_drop(&u);
}

static void
test_few_rooms(void)
{
	few_rooms(100, 50);
	few_rooms(256, 100);
	few_rooms(1000, 64);
	few_rooms(5000, 300);
	few_rooms(1, 60);
}

/*
 * A lane that never took a room from the depot, only from another lane, must
 * be searched as well.
 */
static void
test_thief_is_searched(void)
{
	struct labyrinth_params params = unit_params(256, 0);
	struct unit_lab u;
	uint32_t f;

	params.lanes = 200;
	params.busy_lanes = 0;
	if (!unit_make(&u, &params, 2))
		return;
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	for (f = 0; f < 100; f++)
		labyrinth_put(u.lab, f, &u.got[f], 1);
	for (f = 100; f < 256; f++)
		labyrinth_put(u.lab, 150 + f % 50, &u.got[f], 1);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), 256);
	CU_ASSERT_TRUE(unit_all_once(&u, 1));
	unit_drop(&u);
}

/* Threads stopped in every lane: the others go on without one. */
static void
test_every_lane_busy(void)
{
	struct labyrinth_params params = unit_params(3000, LABYRINTH_F_SEAL);
	void *frames[700];
	struct unit_lab u;
	uint32_t i;

	if (!unit_make(&u, &params, 3))
		return;
	unit_lanes_busy(u.lab, true);
	for (i = 0; i < 100; i++) {
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, i % 10, frames, 700), 0);
		CU_ASSERT_EQUAL(labyrinth_count(u.lab), 2300);
		labyrinth_put(u.lab, i % 10, frames, 700);
		CU_ASSERT_EQUAL(labyrinth_count(u.lab), 3000);
	}
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	labyrinth_put(u.lab, 0, u.got, u.frames);
	unit_lanes_busy(u.lab, false);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
}

/* What lanes hold stays findable after threads worked without a lane. */
static void
test_busy_then_searched(void)
{
	struct labyrinth_params params = unit_params(1000, 0);
	struct unit_lab u;
	void *frames[10];

	if (!unit_make(&u, &params, 4))
		return;
	CU_ASSERT_TRUE(unit_all_once(&u, 5));
	labyrinth_put(u.lab, 5, u.got, 100);
	labyrinth_put(u.lab, 6, u.got + 100, 200);
	labyrinth_put(u.lab, 0, u.got + 300, 700);
	unit_lanes_busy(u.lab, true);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LABYRINTH_LANE_ANY, frames, 10), 0);
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, frames, 10);
	unit_lanes_busy(u.lab, false);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), 1000);
	CU_ASSERT_TRUE(unit_all_once(&u, 1));
	unit_drop(&u);
}

/* One thread stopped inside of its lane: the others lose what is there, no more. */
static void
test_one_lane_busy(void)
{
	struct labyrinth_params params = unit_params(2000, LABYRINTH_F_SEAL);
	struct unit_lab u;
	uint32_t hidden;
	void *frame;

	if (!unit_make(&u, &params, 5))
		return;
	CU_ASSERT_TRUE(unit_all_once(&u, 3));
	labyrinth_put(u.lab, 3, u.got, 2000);
	atomic_fetch_or(&u.lab->lanes[3 + LABYRINTH_GUEST_LANES].slot, LAB_BUSY);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 4, u.got, 2000), -ENOENT);
	for (hidden = 2000; labyrinth_get(u.lab, 4, &frame, 1) == 0; hidden--)
		u.got[2000 - hidden] = frame;
	CU_ASSERT_TRUE(hidden > 0 && hidden <= 2 * LABYRINTH_ROOM_FRAMES);
	labyrinth_put(u.lab, 3, u.got, 2000 - hidden);
	atomic_fetch_and(&u.lab->lanes[3 + LABYRINTH_GUEST_LANES].slot, ~LAB_BUSY);
	CU_ASSERT_TRUE(unit_all_once(&u, 4));
	unit_drop(&u);
}

static struct unit_lab shared;

enum {
	CALL,
	PAUSE,
	PAUSED,
	END
};

static _Atomic int calls;

/* Is in its lane again and again, which has the frames that others want. */
static void *
caller(void *arg)
{
	void *frame;

	(void)arg;
	while (atomic_load(&calls) != END) {
		int pause = PAUSE;

		if (labyrinth_get(shared.lab, 1, &frame, 1) == 0)
			labyrinth_put(shared.lab, 1, &frame, 1);
		atomic_compare_exchange_strong(&calls, &pause, PAUSED);
		while (atomic_load(&calls) == PAUSED)
			sched_yield();
	}
	return NULL;
}

/* A get while nobody is in the lane, nor has a frame: does it find one? */
static bool
finds_in_pause(void **frame)
{
	bool found;

	atomic_store(&calls, PAUSE);
	while (atomic_load(&calls) != PAUSED)
		sched_yield();
	found = labyrinth_get(shared.lab, 0, frame, 1) == 0;
	atomic_store(&calls, CALL);
	return found;
}

/*
 * Frames are free all the time, in a lane that another thread keeps coming to. How often
 * that one loses its processor in the middle of a call is luck, and so is whether a get
 * passes it by. But what a get found, or gave up, does not outlast the call that was in its way:
 * as soon as the lane has been left, a get finds the frames.
 */
static void
check_beside_caller(uint32_t flags)
{
	struct labyrinth_params params = unit_params(64, flags);
	uint32_t rounds = unit_rounds(200000);
	uint32_t missed = 0;
	uint32_t failed = 0;
	pthread_t thread;
	void *frame;
	uint32_t i;

	if (!unit_make(&shared, &params, 1))
		return;
	atomic_store(&calls, CALL);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, caller, NULL), 0);
	for (i = 0; i < rounds; i++) {
		if (i % 1000 != 0 && labyrinth_get(shared.lab, 0, &frame, 1) == 0) {
			labyrinth_put(shared.lab, 1, &frame, 1);
			continue;
		}
		failed += i % 1000 != 0;
		if (finds_in_pause(&frame))
			labyrinth_put(shared.lab, 1, &frame, 1);
		else
			missed++;
	}
	atomic_store(&calls, END);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(missed, 0);
	if (missed > 0)
		fprintf(stderr, "%u gets found nothing in a lane that was left, %u of %u failed\n",
		        missed, failed, rounds);
	CU_ASSERT_TRUE(unit_all_once(&shared, 0));
	unit_drop(&shared);
}

/* Somebody stopped in the lane is passed by, but only until that call ends. */
static void
test_stop_ends(void)
{
	struct labyrinth_params params = unit_params(64, LABYRINTH_F_SEAL);
	_Atomic uint64_t *slot;
	struct unit_lab u;
	void *frame;
	uint32_t i;

	if (!unit_make(&u, &params, 6))
		return;
	slot = &u.lab->lanes[3 + LABYRINTH_GUEST_LANES].slot;
	CU_ASSERT_TRUE(unit_all_once(&u, 3));
	labyrinth_put(u.lab, 3, u.got, 64);
	for (i = 0; i < 10; i++) {
		atomic_fetch_or(slot, LAB_BUSY);
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, 4, &frame, 1), -ENOENT);
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, 4, &frame, 1), -ENOENT);
		atomic_fetch_and(slot, ~LAB_BUSY);
		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 4, &frame, 1), 0);
		labyrinth_put(u.lab, 4, &frame, 1);
		/* The frames go back to the lane of the one that is stopped. */
		CU_ASSERT_TRUE_FATAL(unit_all_once(&u, 3));
		labyrinth_put(u.lab, 3, u.got, 64);
	}
	CU_ASSERT_TRUE(unit_all_once(&u, 4));
	unit_drop(&u);
}

static void
test_beside_caller(void)
{
	check_beside_caller(0);
	check_beside_caller(LABYRINTH_F_SEAL);
	check_beside_caller(LABYRINTH_F_SEAL | LABYRINTH_F_FIFO_REUSE);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"any lane gets what another freed", test_any_lane_gets_all},
		{"frames scattered over lanes", test_scattered_over_lanes},
		{"fewer rooms than lanes", test_few_rooms},
		{"a lane that only steals is searched", test_thief_is_searched},
		{"every lane is busy", test_every_lane_busy},
		{"lanes are searched after they were busy", test_busy_then_searched},
		{"one lane is busy", test_one_lane_busy},
		{"a lane that somebody was stopped in", test_stop_ends},
		{"a lane that somebody keeps coming to", test_beside_caller},
		CU_TEST_INFO_NULL,
	};

	return unit_main("stealing", tests);
}

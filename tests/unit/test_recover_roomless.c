/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Recovery of roomless frames, and recovery beside threads that move rooms
 * or roomless frames all the time.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "lane.h"
#include "move.h"
#include "roomless.h"
#include "unit_recover.h"

static struct unit_lab u;

/* No room has space: so many threads are stopped in mid-call. */
static void
frames_lose_rooms(void)
{
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, ALIVE, u.got, RECOVER_FRAMES), 0);
	unit_hide_rooms(u.lab);
	labyrinth_put(u.lab, ALIVE, u.got, RECOVER_FRAMES);
	CU_ASSERT_TRUE(lab_roomless_count(u.lab) > 4);
}

/* Frames on their way from the places for roomless ones, or to them. */
static void
test_roomless(void)
{
	struct labyrinth_recovery found = {0};
	struct lab_lane *dead;
	struct lab_lane *alive;
	struct lab_room room;
	uint32_t roomless;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	dead = &u.lab->own[DEAD_LANE];
	alive = &u.lab->own[ALIVE];
	frames_lose_rooms();
	roomless = lab_roomless_count(u.lab);
	lab_lane_intend_roomless(u.lab, dead);
	dead->slot |= LAB_BUSY;
	CU_ASSERT_EQUAL(lab_roomless_take(u.lab, &room, 3), 3);
	/* It had counted one more that it did not leave. */
	u.lab->roomless_count += 1;
	/* While somebody alive moves roomless frames, the frames may be on their way with that one.
	 */
	lab_lane_intend_roomless(u.lab, alive);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EAGAIN);
	CU_ASSERT_EQUAL(found.frames, 0);
	lab_lane_intend_nothing(alive);
	lab_on_stack_begin(u.lab);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EAGAIN);
	CU_ASSERT_EQUAL(found.frames, 0);
	lab_on_stack_end(u.lab);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.frames, 3);
	CU_ASSERT_EQUAL(found.lanes, 1);
	CU_ASSERT_EQUAL(lab_roomless_count(u.lab), roomless);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES);
	CU_ASSERT_TRUE(unit_all_once(&u, ALIVE));
	unit_drop(&u);
}

/* The same by a thread on its stack, which no lane tells of. */
static void
test_roomless_on_stack(void)
{
	struct labyrinth_recovery found = {0};
	struct lab_room room;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	frames_lose_rooms();
	labyrinth_process(GUEST);
	lab_on_stack_begin(u.lab);
	labyrinth_process(ALIVE);
	CU_ASSERT_EQUAL(lab_roomless_take(u.lab, &room, 3), 3);
	lab_on_stack_begin(u.lab);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), -EAGAIN);
	lab_on_stack_end(u.lab);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	CU_ASSERT_EQUAL(found.frames, 3);
	CU_ASSERT_TRUE(unit_all_once(&u, ALIVE));
	unit_drop(&u);
}

/* Without seals nobody knows which frames they were, but the count is right again. */
static void
test_roomless_plain(void)
{
	struct labyrinth_recovery found = {0};
	struct lab_lane *dead;
	struct lab_room room;

	if (!unit_recover_make(&u, 0, 0, true))
		return;
	dead = &u.lab->own[DEAD_LANE];
	frames_lose_rooms();
	lab_lane_intend_roomless(u.lab, dead);
	dead->slot |= LAB_BUSY;
	CU_ASSERT_EQUAL(lab_roomless_take(u.lab, &room, 3), 3);
	u.lab->roomless_count += 3;
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.frames, 0);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES - 3);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, ALIVE, u.got, RECOVER_FRAMES - 3), 0);
	unit_drop(&u);
}

static _Atomic bool stop;
static _Atomic bool paused;

static void *
churn(void *arg)
{
	void *frames[450];
	uint32_t n = (uint32_t)(uintptr_t)arg;

	while (!atomic_load(&stop)) {
		if (atomic_load(&paused)) {
			usleep(100);
			continue;
		}
		n = n * 1103515245 + 12345;
		if (labyrinth_get(u.lab, LABYRINTH_LANE_ANY, frames, 1 + (n >> 8) % 450) == 0)
			labyrinth_put(u.lab, LABYRINTH_LANE_ANY, frames, 1 + (n >> 8) % 450);
	}
	return NULL;
}

static pthread_t threads[2];

static void
churn_begin(void)
{
	uint32_t n;

	atomic_store(&stop, false);
	for (n = 0; n < UNIT_ARRAY_LEN(threads); n++)
		CU_ASSERT_EQUAL_FATAL(
			pthread_create(&threads[n], NULL, churn, (void *)(uintptr_t)(n + 1)), 0);
}

static void
churn_end(void)
{
	uint32_t n;

	atomic_store(&stop, true);
	for (n = 0; n < UNIT_ARRAY_LEN(threads); n++)
		pthread_join(threads[n], NULL);
}

/*
 * Recover beside them. It need not come to an end while they move rooms or roomless frames
 * without pause: after some tries they make one.
 */
static int
recover_beside(uint32_t process, struct labyrinth_recovery *found)
{
	uint32_t tries;
	int ret = -EAGAIN;

	for (tries = 0; ret == -EAGAIN && tries < 5000; tries++) {
		if (tries >= 50) {
			atomic_store(&paused, true);
			usleep(100);
		}
		ret = labyrinth_recover(u.lab, process, found);
	}
	atomic_store(&paused, false);
	return ret;
}

/* Beside threads that move rooms all the time, by lanes that many use. */
static void
test_beside_others(void)
{
	uint32_t entered = 0;
	uint32_t recovered = 0;
	uint32_t round;
	int ret = 0;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	churn_begin();
	for (round = 0; round < unit_rounds(2000) && ret == 0; round++) {
		struct labyrinth_recovery found = {0};
		struct lab_session session = {0};
		struct lab_lane *lane =
			&u.lab->lanes[RECOVER_COMMON * LABYRINTH_GUEST_LANES + round % 16];

		/* As by a process that is in the lane and dies; numbers of processes are one here.
		 */
		lane->guest = GUEST + 1;
		if (!lab_lane_enter(lane, &session)) {
			lane->guest = 0;
			continue;
		}
		(void)lab_front_refill(u.lab, &session, 1);
		entered++;
		ret = recover_beside(GUEST, &found);
		recovered += found.lanes;
	}
	churn_end();
	CU_ASSERT_EQUAL(ret, 0);
	CU_ASSERT_TRUE(entered > 0);
	CU_ASSERT_EQUAL(recovered, entered);
	unit_recover_whole(&u);
	unit_drop(&u);
}

/* Roomless frames are recovered beside threads that move such all the time. */
static void
test_roomless_beside_others(void)
{
	struct lab_lane *dead;
	uint32_t taken = 0;
	uint32_t recovered = 0;
	uint32_t round;
	int ret = 0;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	frames_lose_rooms();
	dead = &u.lab->own[DEAD_LANE];
	churn_begin();
	for (round = 0; round < unit_rounds(100) && ret == 0; round++) {
		struct labyrinth_recovery found = {0};
		struct lab_room room;

		lab_lane_intend_roomless(u.lab, dead);
		dead->slot |= LAB_BUSY;
		taken += lab_roomless_take(u.lab, &room, 1 + round % 5);
		ret = recover_beside(DEAD, &found);
		recovered += found.frames;
	}
	churn_end();
	CU_ASSERT_EQUAL(ret, 0);
	CU_ASSERT_EQUAL(recovered, taken);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES);
	CU_ASSERT_TRUE(unit_all_once(&u, ALIVE));
	unit_drop(&u);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"roomless frames on their way", test_roomless},
		{"roomless frames on their way by a stack", test_roomless_on_stack},
		{"roomless frames that are not sealed", test_roomless_plain},
		{"beside others", test_beside_others},
		{"roomless frames beside others", test_roomless_beside_others},
		CU_TEST_INFO_NULL,
	};

	return unit_main("recover roomless", tests);
}

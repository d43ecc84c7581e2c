/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Recovery of those who have no lane of their own: processes in lanes that many use,
 * threads that work from their stack, frames that have gone astray.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "depot.h"
#include "lane.h"
#include "move.h"
#include "stray.h"
#include "unit_recover.h"

enum {
	COMMON = 2, /* the part of the lanes that many use */
};

static struct unit_lab u;

/* A process that gets and dies before the call ends. */
struct victim {
	struct lab_visit visit;
	struct lab_lane local;
};

/* It enters a lane, takes a room and dies, or goes on. */
static void
dies_in_call(struct victim *victim, uint32_t process)
{
	labyrinth_process(process);
	lab_lane_enter_any(u.lab, &victim->visit, &victim->local);
	CU_ASSERT_TRUE(lab_front_refill(u.lab, &victim->visit));
	labyrinth_process(ALIVE);
}

static void
goes_on(struct victim *victim, uint32_t process)
{
	labyrinth_process(process);
	lab_lane_leave_any(u.lab, &victim->visit, &victim->local);
	labyrinth_process(ALIVE);
}

static bool
is_common(const struct lab_lane *lane)
{
	return lane->id / LABYRINTH_GUEST_LANES == COMMON ||
	       (lane->id >= u.lab->guests && (lane->id - u.lab->guests) / RECOVER_LANES == COMMON);
}

/* Threads stopped in mid-call are in all lanes of a process, or of all. */
static void
crowd(uint32_t first, uint32_t last)
{
	uint32_t i;

	for (i = 0; i < u.lab->lane_count; i++) {
		uint32_t part = i < u.lab->guests ? i / LABYRINTH_GUEST_LANES
		                                  : (i - u.lab->guests) / RECOVER_LANES;

		if (part >= first && part <= last)
			u.lab->lanes[i].slot |= LAB_BUSY;
	}
}

static void
disperse(void)
{
	uint32_t i;

	for (i = 0; i < u.lab->lane_count; i++)
		u.lab->lanes[i].slot &= ~LAB_BUSY;
}

static void
expect_whole(void)
{
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES);
	CU_ASSERT_TRUE(unit_all_once(&u, LABYRINTH_LANE_ANY));
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, RECOVER_FRAMES);
}

/* Frames that nobody can get since someone holds them. */
static bool
all_can_be_got(void)
{
	bool good = labyrinth_get(u.lab, LABYRINTH_LANE_ANY, u.got, RECOVER_FRAMES) == 0;

	if (good)
		labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, RECOVER_FRAMES);
	return good;
}

/* A process without lanes is in one that many use; recovered is it alone. */
static void
test_guest(void)
{
	struct labyrinth_recovery found = {0};
	struct victim one;
	struct victim other;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	dies_in_call(&one, GUEST);
	dies_in_call(&other, GUEST_TOO);
	CU_ASSERT_TRUE(is_common(one.visit.lane));
	CU_ASSERT_PTR_NOT_EQUAL(one.visit.lane, other.visit.lane);
	CU_ASSERT_FALSE(all_can_be_got());
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, 1);
	CU_ASSERT_TRUE(found.rooms >= 1);
	CU_ASSERT_EQUAL(found.frames, LABYRINTH_ROOM_FRAMES);
	CU_ASSERT_EQUAL(one.visit.lane->guest, 0);
	CU_ASSERT_EQUAL(other.visit.lane->guest, GUEST_TOO + 1);
	CU_ASSERT_FALSE(all_can_be_got());
	goes_on(&other, GUEST_TOO);
	expect_whole();
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST_TOO, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, 1);
	unit_drop(&u);
}

/* One that died before it had entered the lane, or after it had left it. */
static void
test_not_entered(void)
{
	struct labyrinth_recovery found = {0};
	struct victim victim;
	struct lab_lane *lane;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	dies_in_call(&victim, GUEST);
	lane = victim.visit.lane;
	goes_on(&victim, GUEST);
	CU_ASSERT_EQUAL(lane->guest, 0);
	lane->guest = GUEST + 1;
	/* It is passed by meanwhile, but what is in it is not lost to others. */
	dies_in_call(&victim, GUEST_TOO);
	CU_ASSERT_PTR_NOT_EQUAL(victim.visit.lane, lane);
	goes_on(&victim, GUEST_TOO);
	CU_ASSERT_TRUE(all_can_be_got());
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, 0);
	CU_ASSERT_EQUAL(lane->guest, 0);
	expect_whole();
	unit_drop(&u);
}

/* Whose lanes are all occupied works in one that many use, and is found there. */
static void
test_overflow(void)
{
	struct labyrinth_recovery found = {0};
	struct victim victim;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	crowd(DEAD, DEAD);
	dies_in_call(&victim, DEAD);
	CU_ASSERT_TRUE(is_common(victim.visit.lane));
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, LABYRINTH_GUEST_LANES + RECOVER_LANES + 1);
	CU_ASSERT_EQUAL(found.rooms, 1);
	expect_whole();
	unit_drop(&u);
}

/* A thread that worked from its stack: nothing names what it had. */
static void
check_apart(uint32_t process)
{
	struct labyrinth_recovery found = {0};
	struct victim dead;
	struct victim alive;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 0, true))
		return;
	crowd(0, COMMON);
	dies_in_call(&dead, process);
	dies_in_call(&alive, ALIVE);
	CU_ASSERT_PTR_EQUAL(dead.visit.lane, &dead.local);
	CU_ASSERT_PTR_EQUAL(alive.visit.lane, &alive.local);
	disperse();
	/* The living may have any room that is nowhere else. */
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, process, &found), -EAGAIN);
	CU_ASSERT_EQUAL(found.rooms, 0);
	goes_on(&alive, ALIVE);
	CU_ASSERT_FALSE(all_can_be_got());
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, process, &found), 0);
	CU_ASSERT_EQUAL(found.rooms, 1);
	CU_ASSERT_EQUAL(found.frames, LABYRINTH_ROOM_FRAMES);
	expect_whole();
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, process, &found), 0);
	CU_ASSERT_EQUAL(found.rooms, 1);
	unit_drop(&u);
}

static void
test_apart(void)
{
	check_apart(DEAD);
	check_apart(GUEST);
}

/* Two dead do not take each other for alive, once both are known to be dead. */
static void
test_two_apart(void)
{
	struct labyrinth_recovery found = {0};
	struct victim one;
	struct victim other;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 0, true))
		return;
	crowd(0, COMMON);
	dies_in_call(&one, GUEST);
	dies_in_call(&other, DEAD);
	disperse();
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), -EAGAIN);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	CU_ASSERT_EQUAL(found.rooms, 2);
	expect_whole();
	unit_drop(&u);
}

/* A room in a lane of a dead process may be a live thread's who works from its stack. */
static void
test_named_but_apart(void)
{
	struct labyrinth_recovery found = {0};
	struct victim alive;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 0, true))
		return;
	crowd(0, COMMON);
	dies_in_call(&alive, ALIVE);
	disperse();
	/* It gave the room away, and died before its slot said so. */
	u.lab->own[DEAD_LANE].slot = LAB_BUSY | alive.visit.front;
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EAGAIN);
	CU_ASSERT_EQUAL(found.rooms, 0);
	goes_on(&alive, ALIVE);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.rooms, 0);
	expect_whole();
	unit_drop(&u);
}

/* No room has space: so many threads are stopped in mid-call. */
static void
frames_go_astray(void)
{
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, ALIVE, u.got, RECOVER_FRAMES), 0);
	unit_hide_rooms(u.lab);
	labyrinth_put(u.lab, ALIVE, u.got, RECOVER_FRAMES);
	CU_ASSERT_TRUE(lab_strays(u.lab) > 4);
}

/* Frames on their way from the places for strays, or to them. */
static void
test_strays(void)
{
	struct labyrinth_recovery found = {0};
	struct lab_lane *dead;
	struct lab_lane *alive;
	struct lab_room room;
	uint32_t strays;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	dead = &u.lab->own[DEAD_LANE];
	alive = &u.lab->own[ALIVE];
	frames_go_astray();
	strays = lab_strays(u.lab);
	lab_lane_intend_astray(u.lab, dead);
	dead->slot |= LAB_BUSY;
	CU_ASSERT_EQUAL(lab_stray_take(u.lab, &room, 3), 3);
	/* It had counted one more that it did not leave. */
	u.lab->strays += 1;
	/* While somebody alive moves strays, the frames may be on their way with that one. */
	lab_lane_intend_astray(u.lab, alive);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EAGAIN);
	CU_ASSERT_EQUAL(found.frames, 0);
	lab_lane_intend_nothing(alive);
	lab_apart_begin(u.lab);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EAGAIN);
	CU_ASSERT_EQUAL(found.frames, 0);
	lab_apart_end(u.lab);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.frames, 3);
	CU_ASSERT_EQUAL(found.lanes, 1);
	CU_ASSERT_EQUAL(lab_strays(u.lab), strays);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES);
	CU_ASSERT_TRUE(unit_all_once(&u, ALIVE));
	unit_drop(&u);
}

/* The same by a thread on its stack, which no lane tells of. */
static void
test_strays_apart(void)
{
	struct labyrinth_recovery found = {0};
	struct lab_room room;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	frames_go_astray();
	labyrinth_process(GUEST);
	lab_apart_begin(u.lab);
	labyrinth_process(ALIVE);
	CU_ASSERT_EQUAL(lab_stray_take(u.lab, &room, 3), 3);
	lab_apart_begin(u.lab);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), -EAGAIN);
	lab_apart_end(u.lab);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	CU_ASSERT_EQUAL(found.frames, 3);
	CU_ASSERT_TRUE(unit_all_once(&u, ALIVE));
	unit_drop(&u);
}

/* Without seals nobody knows which frames they were, but the count is right again. */
static void
test_strays_plain(void)
{
	struct labyrinth_recovery found = {0};
	struct lab_lane *dead;
	struct lab_room room;

	if (!unit_recover_make(&u, 0, 0, true))
		return;
	dead = &u.lab->own[DEAD_LANE];
	frames_go_astray();
	lab_lane_intend_astray(u.lab, dead);
	dead->slot |= LAB_BUSY;
	CU_ASSERT_EQUAL(lab_stray_take(u.lab, &room, 3), 3);
	u.lab->strays += 3;
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.frames, 0);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES - 3);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, ALIVE, u.got, RECOVER_FRAMES - 3), 0);
	unit_drop(&u);
}

static void
test_refusals(void)
{
	struct labyrinth_params params = unit_params(100, LABYRINTH_F_SEAL);
	struct labyrinth_recovery found = {0};

	params.common = 1;
	CU_ASSERT_EQUAL(labyrinth_footprint(&params), 0);
	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, COMMON, &found), 0);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, LABYRINTH_PROCESSES_MAX - 1, &found), 0);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, LABYRINTH_PROCESSES_MAX, &found), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, LABYRINTH_PROCESS_NONE, &found), -EINVAL);
	unit_drop(&u);
	/* Where no lanes are common, who has none of its own has nothing. */
	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), -EINVAL);
	unit_drop(&u);
}

/* A process without lanes of its own is given frames, recovers, and dies of that. */
static void
test_by_guest(void)
{
	struct labyrinth_recovery found = {0};

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	unit_dead_gets(&u, 300, 200);
	CU_ASSERT_EQUAL(labyrinth_hand_over(u.lab, LABYRINTH_LANE_ANY, 1, u.got + 200, 10), 0);
	atomic_store(&u.lab->recovering, GUEST + 1);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EBUSY);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	labyrinth_process(GUEST_TOO);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(labyrinth_reclaim(u.lab, unit_gone, NULL, LABYRINTH_LANE_ANY, &found), 0);
	labyrinth_process(ALIVE);
	CU_ASSERT_EQUAL(found.lanes, 1);
	CU_ASSERT_EQUAL(found.reclaimed, 90);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES - 10);
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
 * Recover beside them. It need not come to an end while they move rooms or strays
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
		struct lab_visit visit = {0};
		struct lab_lane *lane = &u.lab->lanes[COMMON * LABYRINTH_GUEST_LANES + round % 16];

		/* As by a process that is in the lane and dies; numbers of processes are one here.
		 */
		lane->guest = GUEST + 1;
		if (!lab_lane_enter(lane, &visit)) {
			lane->guest = 0;
			continue;
		}
		(void)lab_front_refill(u.lab, &visit);
		entered++;
		ret = recover_beside(GUEST, &found);
		recovered += found.lanes;
	}
	churn_end();
	CU_ASSERT_EQUAL(ret, 0);
	CU_ASSERT_TRUE(entered > 0);
	CU_ASSERT_EQUAL(recovered, entered);
	expect_whole();
	unit_drop(&u);
}

/* Strays are recovered beside threads that move strays all the time. */
static void
test_strays_beside_others(void)
{
	struct lab_lane *dead;
	uint32_t taken = 0;
	uint32_t recovered = 0;
	uint32_t round;
	int ret = 0;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, true))
		return;
	frames_go_astray();
	dead = &u.lab->own[DEAD_LANE];
	churn_begin();
	for (round = 0; round < unit_rounds(100) && ret == 0; round++) {
		struct labyrinth_recovery found = {0};
		struct lab_room room;

		lab_lane_intend_astray(u.lab, dead);
		dead->slot |= LAB_BUSY;
		taken += lab_stray_take(u.lab, &room, 1 + round % 5);
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
		{"in a lane that many use", test_guest},
		{"claimed, not entered", test_not_entered},
		{"no lane of its own is free", test_overflow},
		{"from a stack", test_apart},
		{"two from their stacks", test_two_apart},
		{"named, but in use from a stack", test_named_but_apart},
		{"strays on their way", test_strays},
		{"strays on their way by a stack", test_strays_apart},
		{"strays that are not sealed", test_strays_plain},
		{"what is refused", test_refusals},
		{"by one without lanes", test_by_guest},
		{"beside others", test_beside_others},
		{"strays beside others", test_strays_beside_others},
		CU_TEST_INFO_NULL,
	};

	return unit_main("recover guests", tests);
}

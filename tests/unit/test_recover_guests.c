/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Recovery of those who have no lane of their own: processes in lanes that many use,
 * threads that work from their stack.
 */

#include <errno.h>
#include <stdatomic.h>

#include "lane.h"
#include "move.h"
#include "unit_recover.h"

static struct unit_lab u;

/* A process that gets and dies before the call ends. */
struct victim {
	struct lab_session session;
	struct lab_lane local;
};

/* It enters a lane, takes a room and dies, or goes on. */
static void
dies_in_call(struct victim *victim, uint32_t process)
{
	labyrinth_process(process);
	lab_lane_enter_any(u.lab, &victim->session, &victim->local);
	CU_ASSERT_TRUE(lab_front_refill(u.lab, &victim->session, 1));
	labyrinth_process(ALIVE);
}

static void
goes_on(struct victim *victim, uint32_t process)
{
	labyrinth_process(process);
	lab_lane_leave_any(u.lab, &victim->session, &victim->local);
	labyrinth_process(ALIVE);
}

static bool
is_common(const struct lab_lane *lane)
{
	return lane->id / LABYRINTH_GUEST_LANES == RECOVER_COMMON ||
	       (lane->id >= u.lab->guests &&
	        (lane->id - u.lab->guests) / RECOVER_LANES == RECOVER_COMMON);
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
	CU_ASSERT_TRUE(is_common(one.session.lane));
	CU_ASSERT_PTR_NOT_EQUAL(one.session.lane, other.session.lane);
	CU_ASSERT_FALSE(all_can_be_got());
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, 1);
	CU_ASSERT_TRUE(found.rooms >= 1);
	CU_ASSERT_EQUAL(found.frames, LABYRINTH_ROOM_FRAMES);
	CU_ASSERT_EQUAL(one.session.lane->guest, 0);
	CU_ASSERT_EQUAL(other.session.lane->guest, GUEST_TOO + 1);
	CU_ASSERT_FALSE(all_can_be_got());
	goes_on(&other, GUEST_TOO);
	unit_recover_whole(&u);
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
	lane = victim.session.lane;
	goes_on(&victim, GUEST);
	CU_ASSERT_EQUAL(lane->guest, 0);
	lane->guest = GUEST + 1;
	/* It is passed by meanwhile, but what is in it is not lost to others. */
	dies_in_call(&victim, GUEST_TOO);
	CU_ASSERT_PTR_NOT_EQUAL(victim.session.lane, lane);
	goes_on(&victim, GUEST_TOO);
	CU_ASSERT_TRUE(all_can_be_got());
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, 0);
	CU_ASSERT_EQUAL(lane->guest, 0);
	unit_recover_whole(&u);
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
	CU_ASSERT_TRUE(is_common(victim.session.lane));
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, LABYRINTH_GUEST_LANES + RECOVER_LANES + 1);
	CU_ASSERT_EQUAL(found.rooms, 1);
	unit_recover_whole(&u);
	unit_drop(&u);
}

/* A thread that worked from its stack: nothing names what it had. */
static void
check_on_stack(uint32_t process)
{
	struct labyrinth_recovery found = {0};
	struct victim dead;
	struct victim alive;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 0, true))
		return;
	crowd(0, RECOVER_COMMON);
	dies_in_call(&dead, process);
	dies_in_call(&alive, ALIVE);
	CU_ASSERT_PTR_EQUAL(dead.session.lane, &dead.local);
	CU_ASSERT_PTR_EQUAL(alive.session.lane, &alive.local);
	unit_lanes_busy(u.lab, false);
	/* The living may have any room that is nowhere else. */
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, process, &found), -EAGAIN);
	CU_ASSERT_EQUAL(found.rooms, 0);
	goes_on(&alive, ALIVE);
	CU_ASSERT_FALSE(all_can_be_got());
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, process, &found), 0);
	CU_ASSERT_EQUAL(found.rooms, 1);
	CU_ASSERT_EQUAL(found.frames, LABYRINTH_ROOM_FRAMES);
	unit_recover_whole(&u);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, process, &found), 0);
	CU_ASSERT_EQUAL(found.rooms, 1);
	unit_drop(&u);
}

static void
test_on_stack(void)
{
	check_on_stack(DEAD);
	check_on_stack(GUEST);
}

/* Two dead do not take each other for alive, once both are known to be dead. */
static void
test_two_on_stacks(void)
{
	struct labyrinth_recovery found = {0};
	struct victim one;
	struct victim other;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 0, true))
		return;
	crowd(0, RECOVER_COMMON);
	dies_in_call(&one, GUEST);
	dies_in_call(&other, DEAD);
	unit_lanes_busy(u.lab, false);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), -EAGAIN);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, GUEST, &found), 0);
	CU_ASSERT_EQUAL(found.rooms, 2);
	unit_recover_whole(&u);
	unit_drop(&u);
}

/* A room in a lane of a dead process may be a live thread's who works from its stack. */
static void
test_named_but_on_stack(void)
{
	struct labyrinth_recovery found = {0};
	struct victim alive;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 0, true))
		return;
	crowd(0, RECOVER_COMMON);
	dies_in_call(&alive, ALIVE);
	unit_lanes_busy(u.lab, false);
	/* It gave the room away, and died before its slot said so. */
	u.lab->own[DEAD_LANE].slot = LAB_BUSY | alive.session.front;
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EAGAIN);
	CU_ASSERT_EQUAL(found.rooms, 0);
	goes_on(&alive, ALIVE);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.rooms, 0);
	unit_recover_whole(&u);
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
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, RECOVER_COMMON, &found), 0);
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

int
main(void)
{
	CU_TestInfo tests[] = {
		{"in a lane that many use", test_guest},
		{"claimed, not entered", test_not_entered},
		{"no lane of its own is free", test_overflow},
		{"from a stack", test_on_stack},
		{"two from their stacks", test_two_on_stacks},
		{"named, but in use from a stack", test_named_but_on_stack},
		{"what is refused", test_refusals},
		{"by one without lanes", test_by_guest},
		CU_TEST_INFO_NULL,
	};

	return unit_main("recover guests", tests);
}

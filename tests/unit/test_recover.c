/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Recovery: what it gives back, what it leaves alone, what it refuses. */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "intent.h"
#include "labyrinth_inspect.h"
#include "lane.h"
#include "unit_recover.h"

/* What a lane kept is given back; what its program owned is given back if asked for. */
static void
test_both_steps(void)
{
	struct labyrinth_recovery found = {0};
	struct unit_lab u;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	unit_dead_gets(&u, 300, 200);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, RECOVER_FRAMES - 100), -ENOENT);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, 1);
	CU_ASSERT_TRUE(found.rooms >= 1);
	CU_ASSERT_TRUE(found.frames >= 1);
	CU_ASSERT_EQUAL(found.reclaimed, 0);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES - 100);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, RECOVER_FRAMES - 100), 0);
	labyrinth_put(u.lab, 0, u.got, RECOVER_FRAMES - 100);
	CU_ASSERT_EQUAL(labyrinth_reclaim(u.lab, unit_gone, NULL, 0, &found), 0);
	CU_ASSERT_EQUAL(found.reclaimed, 100);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	/* What the living own stays theirs. */
	found.reclaimed = 0;
	CU_ASSERT_EQUAL(labyrinth_reclaim(u.lab, unit_not_gone, NULL, 0, &found), 0);
	CU_ASSERT_EQUAL(found.reclaimed, 0);
	unit_drop(&u);
}

static bool
is_pid(uint32_t pid, void *arg)
{
	return pid == *(const uint32_t *)arg;
}

/* The name of a process goes with the last frame that told it. */
static void
test_name_goes(void)
{
	struct labyrinth_recovery found = {0};
	uint32_t dead = 8888;
	struct unit_lab u;
	uint32_t names = 0;
	uint32_t i;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, 10), 0);
	CU_ASSERT_EQUAL(labyrinth_hand_over(u.lab, 0, dead, u.got, 10), 0);
	CU_ASSERT_EQUAL(labyrinth_reclaim(u.lab, is_pid, &dead, 0, &found), 0);
	CU_ASSERT_EQUAL(found.reclaimed, 10);
	for (i = 0; i < LAB_WHOS; i++)
		names += u.lab->who[i] >> 32 == dead;
	CU_ASSERT_EQUAL(names, 0);
	unit_drop(&u);
}

/* Nothing is found a second time, and the number serves another process. */
static void
test_again(void)
{
	struct labyrinth_recovery found = {0};
	struct labyrinth_recovery more = {0};
	struct unit_lab u;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	unit_dead_gets(&u, 300, 300);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &more), 0);
	CU_ASSERT_EQUAL(labyrinth_reclaim(u.lab, unit_gone, NULL, 0, &more), 0);
	CU_ASSERT_EQUAL(more.lanes + more.rooms + more.frames + more.reclaimed, 0);
	unit_dead_gets(&u, 100, 100);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, 2);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
}

/* Frames passed on and announced are their new owner's. */
static void
test_hand_over(void)
{
	struct labyrinth_recovery found = {0};
	struct unit_lab u;
	void *kept[20];
	uint32_t i;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	unit_dead_gets(&u, 50, 0);
	for (i = 0; i < UNIT_ARRAY_LEN(kept); i++)
		kept[i] = u.got[i];
	CU_ASSERT_EQUAL(labyrinth_hand_over(u.lab, 2, 1, kept, UNIT_ARRAY_LEN(kept)), 0);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(labyrinth_reclaim(u.lab, unit_gone, NULL, 0, &found), 0);
	CU_ASSERT_EQUAL(found.reclaimed, 50 - UNIT_ARRAY_LEN(kept));
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES - UNIT_ARRAY_LEN(kept));
	labyrinth_put(u.lab, 2, kept, UNIT_ARRAY_LEN(kept));
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES);
	/* Free frames are nobody's to hand over, and so is what is no frame. */
	CU_ASSERT_EQUAL(labyrinth_hand_over(u.lab, 2, 1, kept, 1), -EINVAL);
	kept[0] = &found;
	CU_ASSERT_EQUAL(labyrinth_hand_over(u.lab, 2, 1, kept, 1), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_hand_over(u.lab, 2 * RECOVER_LANES, 1, kept, 1), -EINVAL);
	unit_drop(&u);
}

static void
test_refusals(void)
{
	struct labyrinth_recovery found = {0};
	struct unit_lab u;

	if (!unit_recover_make(&u, 0, 0, false))
		return;
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, 2, &found), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_reclaim(u.lab, unit_gone, NULL, 0, &found), -ENOTSUP);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	unit_drop(&u);
}

/* What the living do meanwhile is theirs, and a room on its way is not taken for lost. */
static void
test_room_elsewhere(void)
{
	struct labyrinth_recovery found = {0};
	struct lab_lane *mine;
	struct unit_lab u;
	uint64_t slot;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	unit_dead_gets(&u, 10, 10);
	slot = lab_lane_peek(&u.lab->own[DEAD_LANE]);
	/* Somebody alive is about to take the very room. */
	mine = &u.lab->own[0];
	lab_lane_intend(u.lab, mine, (uint32_t)slot & LAB_ROOM_MASK, LAB_NO_ROOM);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EAGAIN);
	CU_ASSERT_EQUAL(found.frames, 0);
	/* It comes to nothing: the room is the dead one's after all. */
	lab_lane_intend_nothing(mine);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_TRUE(found.frames >= 10);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES);
	unit_drop(&u);
}

/* A lane names a room that its thread, in a call, gave away: that is no proof. */
static void
test_room_given_away(void)
{
	struct labyrinth_recovery found = {0};
	struct lab_lane *mine;
	struct unit_lab u;
	uint64_t slot;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	unit_dead_gets(&u, 10, 10);
	mine = &u.lab->own[0];
	slot = mine->slot;
	mine->slot = LAB_BUSY | (u.lab->own[DEAD_LANE].slot & LAB_ROOM_MASK);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EAGAIN);
	mine->slot = slot;
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
}

static _Atomic bool stop;
static labyrinth_t *churned;

/* By a lane of its own, since both processes are threads here. */
static void *
churn(void *arg)
{
	uint32_t lane = *(const uint32_t *)arg;
	void *frames[450];
	uint32_t n = lane;

	while (!atomic_load(&stop)) {
		n = n * 1103515245 + 12345;
		if (labyrinth_get(churned, lane, frames, 1 + (n >> 8) % 450) == 0)
			labyrinth_put(churned, lane, frames, 1 + (n >> 8) % 450);
	}
	return NULL;
}

/* Recovery beside threads that move rooms all the time: nothing lost, nothing twice. */
static void
test_beside_others(void)
{
	static const uint32_t lanes[] = {2, 3};
	struct unit_lab u;
	pthread_t threads[UNIT_ARRAY_LEN(lanes)];
	uint32_t round;
	uint32_t n;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	churned = u.lab;
	atomic_store(&stop, false);
	for (n = 0; n < UNIT_ARRAY_LEN(threads); n++)
		CU_ASSERT_EQUAL_FATAL(
			pthread_create(&threads[n], NULL, churn, (void *)(uintptr_t)&lanes[n]), 0);
	for (round = 0; round < unit_rounds(2000); round++) {
		struct labyrinth_recovery found = {0};
		int ret;

		unit_dead_gets(&u, 1 + round % 300, 1 + round % 300);
		do
			ret = labyrinth_recover(u.lab, DEAD, &found);
		while (ret == -EAGAIN);
		CU_ASSERT_EQUAL_FATAL(ret, 0);
		CU_ASSERT_EQUAL(found.lanes, 1);
	}
	atomic_store(&stop, true);
	while (n > 0) {
		pthread_join(threads[--n], NULL);
		labyrinth_lane_release(u.lab, lanes[n]);
	}
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), RECOVER_FRAMES);
	CU_ASSERT_TRUE(unit_all_once(&u, LABYRINTH_LANE_ANY));
	unit_drop(&u);
}

/* A thread ends and its lane is released: the next one keeps it. */
static void
test_release(void)
{
	struct unit_lab u;
	struct lab_lane *lane;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	lane = &u.lab->own[1];
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 5), 0);
	labyrinth_put(u.lab, 1, u.got, 5);
	CU_ASSERT_TRUE(lab_lane_is_kept(lane));
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, RECOVER_FRAMES), -ENOENT);
	labyrinth_lane_release(u.lab, 1);
	labyrinth_lane_release(u.lab, 1);
	labyrinth_lane_release(u.lab, 2 * RECOVER_LANES);
	CU_ASSERT_FALSE(lab_lane_is_kept(lane));
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
}

/* Whoever has the number of a dead process takes over its lanes without being told to. */
static void
test_heir(void)
{
	struct unit_lab u;
	struct lab_lane *lane;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	lane = &u.lab->own[1];
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 300), 0);
	labyrinth_put(u.lab, 1, u.got, 300);
	/* It was another process, and another thread. */
	lane->keeper ^= 64;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 1), 0);
	labyrinth_put(u.lab, 1, u.got, 1);
	CU_ASSERT_FALSE(lab_lane_is_kept(lane));
	lane->pid ^= 1;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 1), 0);
	labyrinth_put(u.lab, 1, u.got, 1);
	CU_ASSERT_TRUE(lab_lane_is_kept(lane));
	labyrinth_lane_release(u.lab, 1);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
}

/* A lane that another process used notes its frames as this process's at once. */
static void
check_noted(uint32_t lane_frames)
{
	struct unit_lab u;
	struct lab_lane *lane;
	uint32_t i;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, lane_frames, false))
		return;
	lane = &u.lab->own[1];
	for (i = 0; i < 5; i++) {
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 5), 0);
		labyrinth_put(u.lab, 1, u.got, 5);
	}
	labyrinth_lane_release(u.lab, 1);
	lane->key ^= 1;
	lane->own = lab_own_of(u.lab, 1, lane->id);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 1), 0);
	for (i = 0; i < RECOVER_FRAMES; i++) {
		struct labyrinth_mover owner;

		if (labyrinth_frame_owner(u.lab, i, &owner) == 0)
			CU_ASSERT_EQUAL(owner.pid, (uint32_t)getpid());
	}
	unit_drop(&u);
}

static void
test_noted(void)
{
	check_noted(384);
	check_noted(0);
}

/* Only the thread that keeps a lane leaves it. */
static void
test_leave(void)
{
	struct unit_lab u;
	struct lab_lane *lane;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	lane = &u.lab->own[1];
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 5), 0);
	lane->keeper ^= 64;
	labyrinth_lane_leave(u.lab, 1);
	CU_ASSERT_NOT_EQUAL(lane->keeper, 0);
	lane->keeper ^= 64;
	labyrinth_lane_leave(u.lab, 1);
	CU_ASSERT_EQUAL(lane->keeper, 0);
	unit_drop(&u);
}

/* One at a time; but who died over it does not keep others from it. */
static void
test_one_at_a_time(void)
{
	struct labyrinth_recovery found = {0};
	struct unit_lab u;

	if (!unit_recover_make(&u, LABYRINTH_F_SEAL, 384, false))
		return;
	unit_dead_gets(&u, 10, 10);
	atomic_store(&u.lab->recovering, ALIVE + 1);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), -EBUSY);
	atomic_store(&u.lab->recovering, DEAD + 1);
	CU_ASSERT_EQUAL(labyrinth_recover(u.lab, DEAD, &found), 0);
	CU_ASSERT_EQUAL(found.lanes, 1);
	unit_drop(&u);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"lanes, then what the program owned", test_both_steps},
		{"once, and for the next one", test_again},
		{"names of the dead go", test_name_goes},
		{"frames handed over", test_hand_over},
		{"what is refused", test_refusals},
		{"a room that is elsewhere", test_room_elsewhere},
		{"a room given away", test_room_given_away},
		{"beside others", test_beside_others},
		{"a lane is released", test_release},
		{"an heir", test_heir},
		{"frames are noted as this process's", test_noted},
		{"only its keeper leaves a lane", test_leave},
		{"one at a time", test_one_at_a_time},
		CU_TEST_INFO_NULL,
	};

	return unit_main("recover", tests);
}

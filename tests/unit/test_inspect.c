/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Looking into a labyrinth: gauges that add up, frames and their owners, the
 * order of what comes next, events; at rest exactly, under load without harm.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labyrinth_inspect.h"
#include "labyrinth_private.h"
#include "unit.h"

#define FRAMES 3000u
#define LANES  8u

static const uint32_t all_flags[] = {
	0,
	LABYRINTH_F_SEAL,
	LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE,
};

static bool
make(struct unit_lab *u, uint32_t flags, uint32_t frames)
{
	struct labyrinth_params params = unit_params(frames, flags);

	params.lanes = LANES;
	params.busy_lanes = LANES;
	return unit_make(u, &params, flags + frames);
}

static bool
adds_up(const struct labyrinth_stats *stats)
{
	return (uint64_t)stats->available + stats->cached + stats->quarantined + stats->used ==
	               stats->frames &&
	       stats->peak >= stats->used && stats->peak <= stats->frames;
}

static void
test_lane_stats(void)
{
	struct labyrinth_lane_stats lanes[LANES + LABYRINTH_GUEST_LANES];
	const uint32_t nb = UNIT_ARRAY_LEN(lanes);
	struct labyrinth_stats stats;
	uint32_t cached = 0;
	struct unit_lab u;
	uint32_t i;

	if (!make(&u, LABYRINTH_F_SEAL, FRAMES))
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 3, u.got, 700), 0);
	labyrinth_put(u.lab, 5, u.got, 100);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 2, u.got + 100, FRAMES), -ENOENT);
	CU_ASSERT_EQUAL(labyrinth_lane_stats(u.lab, &stats, lanes, nb), nb);
	for (i = 0; i < nb; i++)
		cached += lanes[i].cached;
	CU_ASSERT_EQUAL(cached, stats.cached);
	CU_ASSERT_EQUAL(stats.used, 600);
	CU_ASSERT_TRUE(adds_up(&stats));
	CU_ASSERT_TRUE(stats.peak >= 600);
	CU_ASSERT_EQUAL(lanes[0].lane, LABYRINTH_LANE_ANY);
	CU_ASSERT_EQUAL(lanes[LABYRINTH_GUEST_LANES + 2].lane, 2);
	CU_ASSERT_EQUAL(lanes[LABYRINTH_GUEST_LANES + 2].failures, 1);
	CU_ASSERT_EQUAL(lanes[LABYRINTH_GUEST_LANES + 3].refills, 3);
	CU_ASSERT_FALSE(lanes[LABYRINTH_GUEST_LANES + 3].busy);
	CU_ASSERT_EQUAL(labyrinth_lane_stats(u.lab, &stats, lanes, 2), 2);
	unit_drop(&u);
}

/* Rooms that move while they are looked at may be seen many times, or never. */
static void
test_adds_up_whatever_is_seen(void)
{
	struct labyrinth_stats stats;
	struct unit_lab u;
	uint64_t slot;
	uint32_t i;

	if (!make(&u, 0, 600))
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 300), 0);
	labyrinth_put(u.lab, 1, u.got, 300);
	slot = atomic_load(&u.lab->lanes[LABYRINTH_GUEST_LANES + 1].slot);
	for (i = 0; i < LABYRINTH_GUEST_LANES; i++)
		atomic_store(&u.lab->lanes[i].slot, slot);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_TRUE(adds_up(&stats));
	atomic_store(&u.lab->quarantined, 500);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_TRUE(adds_up(&stats));
	CU_ASSERT_EQUAL(stats.quarantined, 500);
	atomic_store(&u.lab->quarantined, 5000);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_TRUE(adds_up(&stats));
	for (i = 0; i < LABYRINTH_GUEST_LANES; i++)
		atomic_store(&u.lab->lanes[i].slot, 0);
	unit_drop(&u);
}

/* The peak is seen though nobody asked while it lasted, but for a lane's two rooms. */
static void
test_peak(void)
{
	struct labyrinth_stats stats;
	struct unit_lab u;

	if (!make(&u, 0, FRAMES))
		return;
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_EQUAL(stats.peak, 0);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 2000), 0);
	labyrinth_put(u.lab, 1, u.got, 2000);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_EQUAL(stats.used, 0);
	CU_ASSERT_TRUE(stats.peak >= 2000 - 2 * LABYRINTH_ROOM_FRAMES);
	CU_ASSERT_TRUE(stats.peak <= 2000);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, u.got, 2500), 0);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_EQUAL(stats.peak, 2500);
	labyrinth_put(u.lab, 1, u.got, 2500);
	unit_drop(&u);
}

/* How many frames of each state; each free one is in a room, at one place only. */
static void
count_states(const struct unit_lab *u, uint32_t states[LABYRINTH_FRAME_STATES], uint32_t *cached)
{
	static struct labyrinth_frame_info infos[LABYRINTH_INSPECT_MOST];
	static uint8_t places[4096][LABYRINTH_ROOM_FRAMES];
	uint32_t first = 0;
	uint32_t n;
	uint32_t i;

	memset(places, 0, sizeof(places));
	memset(states, 0, LABYRINTH_FRAME_STATES * sizeof(states[0]));
	*cached = 0;
	while ((n = labyrinth_frames_info(u->lab, first, infos, UINT32_MAX)) > 0) {
		for (i = 0; i < n; i++) {
			CU_ASSERT_PTR_EQUAL(infos[i].frame, labyrinth_frame(u->lab, first + i));
			states[infos[i].state]++;
			*cached += infos[i].cached;
			if (infos[i].state == LABYRINTH_FRAME_FREE) {
				CU_ASSERT_TRUE(infos[i].room > 0);
				CU_ASSERT_EQUAL(places[infos[i].room][infos[i].position]++, 0);
			}
		}
		first += n;
	}
	CU_ASSERT_EQUAL(first, u->frames);
}

static void
test_states(void)
{
	uint32_t states[LABYRINTH_FRAME_STATES];
	struct labyrinth_stats stats;
	uint32_t cached;
	size_t f;

	for (f = 0; f < UNIT_ARRAY_LEN(all_flags); f++) {
		bool sealed = (all_flags[f] & LABYRINTH_F_SEAL) != 0;
		struct unit_lab u;

		if (!make(&u, all_flags[f], FRAMES))
			continue;
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, 4, u.got, 500), 0);
		count_states(&u, states, &cached);
		labyrinth_stats(u.lab, &stats);
		CU_ASSERT_EQUAL(states[LABYRINTH_FRAME_FREE], FRAMES - 500);
		CU_ASSERT_EQUAL(states[LABYRINTH_FRAME_OWNED], sealed ? 500 : 0);
		CU_ASSERT_EQUAL(states[LABYRINTH_FRAME_UNKNOWN], sealed ? 0 : 500);
		CU_ASSERT_EQUAL(cached, stats.cached);
		labyrinth_put(u.lab, 4, u.got, 500);
		unit_drop(&u);
	}
}

static uint32_t
index_of(const struct unit_lab *u, const void *frame)
{
	uint32_t i;

	for (i = 0; i < u->frames; i++) {
		if (labyrinth_frame(u->lab, i) == frame)
			return i;
	}
	return UINT32_MAX;
}

static void
test_owner(void)
{
	struct labyrinth_frame_info info;
	struct labyrinth_mover owner;
	struct unit_lab u;
	uint32_t index;
	void *frame;

	if (!make(&u, LABYRINTH_F_SEAL, FRAMES))
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 6, &frame, 1), 0);
	index = index_of(&u, frame);
	CU_ASSERT_EQUAL(labyrinth_frame_owner(u.lab, index, &owner), 0);
	CU_ASSERT_TRUE(owner.known);
	CU_ASSERT_EQUAL(owner.lane, 6);
	CU_ASSERT_EQUAL(owner.pid, (uint32_t)getpid() & 0x3fffff);
	CU_ASSERT_EQUAL(labyrinth_frame_info(u.lab, index, &info), 0);
	CU_ASSERT_EQUAL(info.state, LABYRINTH_FRAME_OWNED);
	CU_ASSERT_EQUAL(info.by.lane, 6);
	labyrinth_put(u.lab, 2, &frame, 1);
	CU_ASSERT_EQUAL(labyrinth_frame_owner(u.lab, index, &owner), -ENOENT);
	CU_ASSERT_EQUAL(labyrinth_frame_info(u.lab, index, &info), 0);
	CU_ASSERT_EQUAL(info.state, LABYRINTH_FRAME_FREE);
	CU_ASSERT_EQUAL(info.by.lane, 2);
	CU_ASSERT_TRUE(info.cached);
	CU_ASSERT_EQUAL(labyrinth_frame_owner(u.lab, FRAMES, &owner), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_frame_info(u.lab, FRAMES, &info), -EINVAL);
	unit_drop(&u);
	if (!make(&u, 0, 10))
		return;
	CU_ASSERT_EQUAL(labyrinth_frame_owner(u.lab, 0, &owner), -ENOTSUP);
	unit_drop(&u);
}

/* One frame by itself is told of as among many. */
static void
test_one(uint32_t flags)
{
	struct labyrinth_frame_info infos[LABYRINTH_INSPECT_MOST];
	struct labyrinth_frame_info info;
	struct unit_lab u;
	uint32_t first;
	uint32_t n;
	uint32_t i;

	if (!make(&u, flags, FRAMES))
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 6, u.got, FRAMES / 2), 0);
	labyrinth_put(u.lab, 6, u.got, FRAMES / 4);
	labyrinth_put(u.lab, 2, u.got + FRAMES / 4, FRAMES / 8);
	for (first = 0; (n = labyrinth_frames_info(u.lab, first, infos, UNIT_ARRAY_LEN(infos))) > 0;
	     first += n) {
		for (i = 0; i < n; i++) {
			CU_ASSERT_EQUAL(labyrinth_frame_info(u.lab, first + i, &info), 0);
			CU_ASSERT_PTR_EQUAL(info.frame, infos[i].frame);
			CU_ASSERT_EQUAL(info.state, infos[i].state);
			CU_ASSERT_EQUAL(info.room, infos[i].room);
			CU_ASSERT_EQUAL(info.position, infos[i].position);
			CU_ASSERT_EQUAL(info.cached, infos[i].cached);
			if (info.state == LABYRINTH_FRAME_FREE)
				CU_ASSERT_PTR_EQUAL(
					lab_room(u.lab, info.room)->frames[info.position],
					info.frame);
		}
	}
	unit_drop(&u);
}

static void
test_one_as_many(void)
{
	uint32_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(all_flags); i++)
		test_one(all_flags[i]);
}

/* What is foretold comes. */
static void
test_order(void)
{
	const void *told[FRAMES];
	struct unit_lab u;
	uint32_t round;
	uint32_t i;

	if (!make(&u, LABYRINTH_F_SEAL, FRAMES))
		return;
	for (round = 0; round < 3; round++) {
		CU_ASSERT_EQUAL(labyrinth_peek_order(u.lab, 1, told, 900), 900);
		for (i = 0; i < 900; i++) {
			CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, &u.got[i], 1), 0);
			CU_ASSERT_PTR_EQUAL(u.got[i], told[i]);
		}
		labyrinth_put(u.lab, 1, u.got, 900 - 100 * round);
		labyrinth_put(u.lab, 2, u.got + 900 - 100 * round, 100 * round);
	}
	CU_ASSERT_TRUE(labyrinth_peek_order(u.lab, LABYRINTH_LANE_ANY, told, FRAMES) <=
	               (int)FRAMES);
	unit_drop(&u);
	if (!make(&u, all_flags[2], 10))
		return;
	CU_ASSERT_EQUAL(labyrinth_peek_order(u.lab, 1, told, 5), -ENOTSUP);
	unit_drop(&u);
	if (!make(&u, LABYRINTH_F_FIFO_REUSE, 11))
		return;
	CU_ASSERT_EQUAL(labyrinth_peek_order(u.lab, 1, told, 5), -ENOTSUP);
	unit_drop(&u);
}

static _Atomic uint64_t heard[LABYRINTH_EVENTS];
static _Atomic uint32_t heard_lane;

static void
listen(const labyrinth_t *lab, enum labyrinth_event event, uint32_t lane, uint32_t frames)
{
	(void)lab;
	(void)frames;
	atomic_fetch_add(&heard[event], 1);
	atomic_store(&heard_lane, lane);
}

static void
test_events(void)
{
	struct labyrinth_stats stats;
	struct unit_lab u;

	if (!make(&u, LABYRINTH_F_SEAL, FRAMES))
		return;
	memset((void *)heard, 0, sizeof(heard));
	labyrinth_event_handler(listen);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 3, u.got, FRAMES), 0);
	labyrinth_put(u.lab, 3, u.got, FRAMES - 10);
	labyrinth_put(u.lab, 5, u.got + FRAMES - 10, 10);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 4, u.got, FRAMES), 0);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 4, u.got, 1), -ENOENT);
	CU_ASSERT_EQUAL(atomic_load(&heard_lane), 4);
	labyrinth_put(u.lab, 4, u.got, FRAMES);
	labyrinth_event_handler(NULL);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_EQUAL(atomic_load(&heard[LABYRINTH_EVENT_REFILL]), stats.refills);
	CU_ASSERT_EQUAL(atomic_load(&heard[LABYRINTH_EVENT_FLUSH]), stats.flushes);
	CU_ASSERT_EQUAL(atomic_load(&heard[LABYRINTH_EVENT_STEAL]), stats.steals);
	CU_ASSERT_EQUAL(atomic_load(&heard[LABYRINTH_EVENT_FAILURE]), 1);
	CU_ASSERT_TRUE(stats.flushes > 0 && stats.steals > 0);
	unit_drop(&u);
}

static _Atomic bool over;

static void *
churn(void *arg)
{
	struct unit_lab *u = arg;
	static _Atomic uint32_t next_lane;
	uint32_t lane = atomic_fetch_add(&next_lane, 1) % LANES;
	void *frames[600];
	uint32_t n = 1;

	while (!atomic_load(&over)) {
		n = n % 600 + 7;
		if (n <= 600 && labyrinth_get(u->lab, lane, frames, n) == 0)
			labyrinth_put(u->lab, lane, frames, n);
		if (n > 600)
			n = 1;
	}
	return NULL;
}

static void
test_under_load(void)
{
	static struct labyrinth_frame_info infos[LABYRINTH_INSPECT_MOST];
	const void *told[FRAMES];
	size_t f;

	for (f = 0; f < UNIT_ARRAY_LEN(all_flags); f++) {
		struct labyrinth_stats stats;
		pthread_t threads[3];
		struct unit_lab u;
		uint32_t i;

		if (!make(&u, all_flags[f], FRAMES))
			continue;
		atomic_store(&over, false);
		for (i = 0; i < UNIT_ARRAY_LEN(threads); i++)
			CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, churn, &u), 0);
		for (i = 0; i < unit_rounds(3000); i++) {
			labyrinth_stats(u.lab, &stats);
			if (!adds_up(&stats))
				CU_FAIL("the gauges do not add up");
			labyrinth_frames_info(u.lab, i * 100 % FRAMES, infos, 100);
			labyrinth_peek_order(u.lab, i % LANES, told, FRAMES);
		}
		atomic_store(&over, true);
		for (i = 0; i < UNIT_ARRAY_LEN(threads); i++)
			pthread_join(threads[i], NULL);
		labyrinth_stats(u.lab, &stats);
		CU_ASSERT_EQUAL(stats.used, 0);
		CU_ASSERT_TRUE(stats.peak > 0);
		unit_drop(&u);
	}
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"lanes and their sum", test_lane_stats},
		{"the gauges add up whatever is seen", test_adds_up_whatever_is_seen},
		{"the peak", test_peak},
		{"states and places of frames", test_states},
		{"who owns a frame", test_owner},
		{"one frame as among many", test_one_as_many},
		{"the order foretold", test_order},
		{"events", test_events},
		{"under load", test_under_load},
		CU_TEST_INFO_NULL,
	};

	return unit_main("inspect", tests);
}

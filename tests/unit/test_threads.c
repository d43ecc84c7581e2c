/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Many threads. Each stamps the frames it gets, all over, and finds its stamp
 * when it puts them: two owners of one frame would show. Memory order shows
 * under the race detector, which follows every plain access to the frames.
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "labyrinth_entropy.h"
#include "unit.h"

#define STRICT \
	(LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE)
#define FIFO (LABYRINTH_F_SEAL | LABYRINTH_F_FIFO_REUSE)

enum {
	THREADS = 4,
	HELD = 400,
	WORDS = 256 / 8
};

struct worker {
	struct unit_lab *u;
	uint32_t number; /* 1 and up */
	uint32_t lane;
	uint32_t rounds;
	uint32_t most;
	uint32_t wrong;
	uint32_t got;
};

static void
stamp(void *frame, uint64_t value)
{
	uint64_t *word = frame;
	uint32_t i;

	for (i = 0; i < WORDS; i += 5)
		word[i] = value;
}

static uint32_t
stamp_differs(const void *frame, uint64_t value)
{
	const uint64_t *word = frame;
	uint32_t wrong = 0;
	uint32_t i;

	for (i = 0; i < WORDS; i += 5)
		wrong += word[i] != value;
	return wrong != 0;
}

static void *
worker_main(void *arg)
{
	struct worker *me = arg;
	struct labyrinth_entropy ent;
	void *held[HELD];
	uint32_t holding = 0;
	uint32_t round;
	uint32_t i;

	labyrinth_entropy_init(&ent, unit_seed(me->number), 0);
	for (round = 0; round < me->rounds; round++) {
		uint32_t n = labyrinth_entropy_below(&ent, me->most) + 1;

		if (holding + n <= HELD && labyrinth_entropy_below(&ent, 2) == 0) {
			if (labyrinth_get(me->u->lab, me->lane, held + holding, n) != 0)
				continue;
			for (i = 0; i < n; i++)
				stamp(held[holding + i], me->number);
			holding += n;
			me->got += n;
			continue;
		}
		n = n < holding ? n : holding;
		holding -= n;
		for (i = 0; i < n; i++)
			me->wrong += stamp_differs(held[holding + i], me->number);
		labyrinth_put(me->u->lab, me->lane, held + holding, n);
	}
	for (i = 0; i < holding; i++)
		me->wrong += stamp_differs(held[i], me->number);
	labyrinth_put(me->u->lab, me->lane, held, holding);
	return NULL;
}

struct scene {
	uint32_t frames;
	uint32_t flags;
	uint32_t busy_lanes;
	uint32_t most;
	bool one_lane; /* all threads believe to be one lcore */
	bool any_lane; /* none of them has an lcore id */
	uint32_t rounds;
};

static void
play(const struct scene *scene)
{
	struct labyrinth_params params = unit_params(scene->frames, scene->flags);
	struct worker workers[THREADS];
	struct labyrinth_stats stats;
	pthread_t threads[THREADS];
	struct unit_lab u;
	uint32_t got = 0;
	uint32_t i;

	params.busy_lanes = scene->busy_lanes;
	if (!unit_make(&u, &params, scene->frames))
		return;
	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){
			.u = &u,
			.number = i + 1,
			.lane = scene->any_lane   ? LABYRINTH_LANE_ANY
		                : scene->one_lane ? 0
		                                  : i,
			.rounds = unit_rounds(scene->rounds),
			.most = scene->most,
		};
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, worker_main, &workers[i]),
		                      0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_EQUAL(workers[i].wrong, 0);
		got += workers[i].got;
	}
	CU_ASSERT_TRUE(got > scene->frames);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), scene->frames);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_EQUAL(stats.violations, 0);
	CU_ASSERT_EQUAL(stats.available + stats.cached, scene->frames);
	CU_ASSERT_TRUE(unit_all_once(&u, 5));
	unit_drop(&u);
}

static void
test_random_bulks(void)
{
	static const struct scene scenes[] = {
		{5000, 0, 8, 64, false, false, 150000},
		{5000, LABYRINTH_F_SEAL, 8, 64, false, false, 150000},
		{5000, STRICT, 8, 64, false, false, 40000},
		{5000, LABYRINTH_F_SEAL, 8, 1, false, false, 400000},
		{5000, LABYRINTH_F_SEAL, 8, 400, false, false, 30000},
		{5000, FIFO, 8, 64, false, false, 150000},
	};
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(scenes); i++)
		play(&scenes[i]);
}

/* Too few frames for all: lanes steal from each other all the time. */
static void
test_stolen_lanes(void)
{
	static const struct scene scenes[] = {
		{300, 0, 8, 64, false, false, 150000},
		{300, LABYRINTH_F_SEAL, 0, 64, false, false, 150000},
		{40, LABYRINTH_F_SEAL, 0, 1, false, false, 300000},
		{700, STRICT, 0, 100, false, false, 40000},
		{300, FIFO, 0, 64, false, false, 50000},
	};
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(scenes); i++)
		play(&scenes[i]);
}

static void
test_shared_lanes(void)
{
	static const struct scene scenes[] = {
		{2000, LABYRINTH_F_SEAL, 1, 32, true, false, 150000},
		{2000, LABYRINTH_F_SEAL, 1, 1, true, false, 300000},
		{2000, 0, 0, 32, false, true, 150000},
		{2000, LABYRINTH_F_SEAL, 0, 1, false, true, 300000},
		{2000, FIFO, 0, 1, false, true, 100000},
	};
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(scenes); i++)
		play(&scenes[i]);
}

/* One thread gets and stamps, another checks and puts: frames cross all the time. */
struct belt {
	struct unit_lab u;
	void *place[1024];
	_Atomic uint32_t head;
	_Atomic uint32_t tail;
	uint32_t total;
	uint32_t bulk;
	uint32_t wrong;
};

static void *
consumer_main(void *arg)
{
	struct belt *belt = arg;
	uint32_t taken = 0;
	void *frames[32];

	while (taken < belt->total) {
		uint32_t n = atomic_load_explicit(&belt->head, memory_order_acquire) - taken;
		uint32_t i;

		if (n == 0) {
			sched_yield();
			continue;
		}
		n = n < belt->bulk ? n : belt->bulk;
		for (i = 0; i < n; i++) {
			frames[i] = belt->place[(taken + i) % UNIT_ARRAY_LEN(belt->place)];
			belt->wrong += stamp_differs(frames[i], taken + i);
		}
		labyrinth_put(belt->u.lab, 1, frames, n);
		taken += n;
		atomic_store_explicit(&belt->tail, taken, memory_order_release);
	}
	return NULL;
}

static void
produce(struct belt *belt)
{
	uint32_t made = 0;
	void *frames[32];

	while (made < belt->total) {
		uint32_t held = made - atomic_load_explicit(&belt->tail, memory_order_acquire);
		uint32_t n = belt->total - made < belt->bulk ? belt->total - made : belt->bulk;
		uint32_t i;

		if (held + n > UNIT_ARRAY_LEN(belt->place) ||
		    labyrinth_get(belt->u.lab, 0, frames, n) != 0) {
			sched_yield();
			continue;
		}
		for (i = 0; i < n; i++) {
			stamp(frames[i], made + i);
			belt->place[(made + i) % UNIT_ARRAY_LEN(belt->place)] = frames[i];
		}
		made += n;
		atomic_store_explicit(&belt->head, made, memory_order_release);
	}
}

static void
test_producer_consumer(void)
{
	static const uint32_t flags[] = {0, LABYRINTH_F_SEAL, STRICT};
	static const uint32_t bulks[] = {1, 32};
	static const uint32_t frames[] = {64, 1500, 3000};
	size_t i;

	for (i = 0; i < 18; i++) {
		struct labyrinth_params params = unit_params(frames[i / 6], flags[i % 3]);
		struct belt *belt = calloc(1, sizeof(*belt));
		pthread_t thread;

		CU_ASSERT_PTR_NOT_NULL_FATAL(belt);
		if (!unit_make(&belt->u, &params, i)) {
			free(belt);
			return;
		}
		belt->bulk = bulks[i / 3 % 2];
		belt->total = unit_rounds(200000);
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, consumer_main, belt), 0);
		produce(belt);
		pthread_join(thread, NULL);
		CU_ASSERT_EQUAL(belt->wrong, 0);
		CU_ASSERT_EQUAL(labyrinth_count(belt->u.lab), frames[i / 6]);
		CU_ASSERT_TRUE(unit_all_once(&belt->u, 2));
		unit_drop(&belt->u);
		free(belt);
	}
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"random bulks", test_random_bulks},
		{"stolen lanes", test_stolen_lanes},
		{"lanes used by several threads", test_shared_lanes},
		{"producer and consumer", test_producer_consumer},
		CU_TEST_INFO_NULL,
	};

	return unit_main("threads", tests);
}

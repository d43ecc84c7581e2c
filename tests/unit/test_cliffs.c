/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * No call costs many times what it usually costs, whatever other threads did or do: those
 * that came, freed one frame and went; those that stay; those that are stopped in a lane;
 * those that ask for more than there is. Costs are medians of the same process, of
 * which only the ratio counts.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "labyrinth_private.h"
#include "unit.h"

/* Few for so many lanes: there are not two rooms for each of these. */
#define FRAMES 4095
#define LANES  200
#define KEPT   384

/* Calls in a sample; others on the machine disturb a few samples, not half of them. */
#define SAMPLE  16
#define SAMPLES 101
/* Every place in a row of frees is measured so often. */
#define ROUNDS 7
/* A processor that others slow down may be slow for all of a measurement: a cliff always is. */
#define TRIES 5

static uint64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a;
	uint64_t right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

static uint64_t
median(uint64_t *samples, uint32_t n)
{
	qsort(samples, n, sizeof(*samples), compare);
	return samples[n / 2];
}

/*
 * Is the one at most so many times the other? Says which it is not. A sanitizer's own work
 * has cliffs, too.
 */
static bool
within(const char *what, uint64_t is, uint64_t than, uint64_t times)
{
	static const bool sanitized = UNIT_ASAN != 0 || UNIT_TSAN != 0;
	bool good = is <= than * times;

	if (!good)
		fprintf(stderr, "%s: %llu ns a sample, undisturbed %llu\n", what,
		        (unsigned long long)is, (unsigned long long)than);
	return good || sanitized;
}

static struct unit_lab u;

static bool
make(uint32_t lanes, uint32_t kept)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL);

	params.lanes = lanes;
	params.busy_lanes = 4;
	params.lane_frames = kept;
	return unit_make(&u, &params, lanes + kept);
}

/* --- short-lived threads that free a frame each --------------------------------- */

/*
 * What a thread does in its life: free one frame by a lane, and leave that at once or stay.
 * One without a frame does nothing: what threads cost by themselves, such as an empty
 * cache, it costs too.
 */
struct life {
	uint32_t lane;
	void *frame;
	bool stay;
};

static pthread_barrier_t done;
static pthread_barrier_t end;

static void *
life(void *arg)
{
	const struct life *one = arg;

	if (one->frame != NULL)
		labyrinth_put(u.lab, one->lane, &one->frame, 1);
	if (one->stay) {
		pthread_barrier_wait(&done);
		pthread_barrier_wait(&end);
	}
	if (one->frame != NULL)
		labyrinth_lane_leave(u.lab, one->lane);
	return NULL;
}

/* What frees cost, sample by sample, in each round. */
static uint64_t samples[FRAMES / SAMPLE][ROUNDS];

/* Free u.got[from..], one by one, by lane 0. */
static void
free_rest(uint32_t from, uint32_t round)
{
	uint32_t n = 0;
	uint32_t i;

	while (from + SAMPLE <= FRAMES) {
		uint64_t begin = now();

		for (i = 0; i < SAMPLE; i++)
			labyrinth_put(u.lab, 0, &u.got[from++], 1);
		samples[n++][round] = now() - begin;
	}
	while (from < FRAMES)
		labyrinth_put(u.lab, 0, &u.got[from++], 1);
}

static void
free_beside(uint32_t threads, bool stay, bool idle, uint32_t round)
{
	static struct life lives[LANES];
	static pthread_t ids[LANES];
	uint32_t i;

	CU_ASSERT_TRUE_FATAL(unit_all_once(&u, 0));
	pthread_barrier_init(&done, NULL, threads + 1);
	pthread_barrier_init(&end, NULL, threads + 1);
	for (i = 0; i < threads; i++) {
		lives[i] = (struct life){i + 1, idle ? NULL : u.got[i], stay};
		CU_ASSERT_EQUAL_FATAL(pthread_create(&ids[i], NULL, life, &lives[i]), 0);
		if (!stay)
			pthread_join(ids[i], NULL);
	}
	if (stay)
		pthread_barrier_wait(&done);
	free_rest(threads, round);
	if (idle)
		labyrinth_put(u.lab, 0, u.got, threads);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES);
	if (stay)
		pthread_barrier_wait(&end);
	for (i = 0; stay && i < threads; i++)
		pthread_join(ids[i], NULL);
	pthread_barrier_destroy(&done);
	pthread_barrier_destroy(&end);
}

/* The dearest place in the row: of each the median of all rounds. */
static uint64_t
dearest_free(uint32_t threads, bool stay, bool idle)
{
	uint64_t most = 0;
	uint32_t i;

	for (i = 0; i < ROUNDS; i++)
		free_beside(threads, stay, idle, i);
	for (i = 0; i < (FRAMES - threads) / SAMPLE; i++) {
		uint64_t cost = median(samples[i], ROUNDS);

		most = cost > most ? cost : most;
	}
	return most;
}

static bool
frees_are_cheap(const char *what, uint32_t threads, bool stay)
{
	uint64_t alone = dearest_free(threads, stay, true);

	return within(what, dearest_free(threads, stay, false), alone, 3);
}

static void
check_fragments(uint32_t kept)
{
	bool after = false;
	bool beside = false;
	uint32_t i;

	if (!make(LANES, kept))
		return;
	for (i = 0; i < TRIES && !after; i++)
		after = frees_are_cheap("a free after 160 threads", 160, false);
	for (i = 0; i < TRIES && !beside; i++)
		beside = frees_are_cheap("a free beside 100 threads", 100, true);
	CU_ASSERT_TRUE(after);
	CU_ASSERT_TRUE(beside);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
}

static void
test_fragments(void)
{
	check_fragments(KEPT);
	check_fragments(0);
}

/* --- gets that fail ------------------------------------------------------------------ */

static uint64_t
failing_get(void)
{
	uint64_t costs[SAMPLES];
	uint32_t failed = 0;
	void *frame;
	uint32_t i;
	uint32_t j;

	for (i = 0; i < SAMPLES; i++) {
		uint64_t begin = now();

		for (j = 0; j < SAMPLE; j++)
			failed += labyrinth_get(u.lab, 0, &frame, 1) == -ENOENT;
		costs[i] = now() - begin;
	}
	CU_ASSERT_EQUAL(failed, SAMPLES * SAMPLE);
	return median(costs, SAMPLES);
}

/* What a failing get costs in a pool with so many lanes, two of them in use. */
static uint64_t
failing_among(uint32_t lanes, bool stopped)
{
	struct lab_lane *lane;
	uint64_t cost;
	uint32_t n = 0;

	if (!make(lanes, 0))
		return 0;
	lane = &u.lab->own[lanes - 1];
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, lanes - 1, u.got, 100), 0);
	labyrinth_put(u.lab, lanes - 1, u.got, 100);
	if (stopped)
		atomic_fetch_or(&lane->slot, LAB_BUSY);
	while (labyrinth_get(u.lab, 0, &u.got[n], 1) == 0)
		n++;
	CU_ASSERT_EQUAL(n < FRAMES, stopped);
	cost = failing_get();
	atomic_fetch_and(&lane->slot, ~LAB_BUSY);
	labyrinth_put(u.lab, 0, u.got, n);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
	return cost;
}

/* The least of some medians, measured in turns. */
struct failing {
	uint32_t lanes;
	bool stopped;
	uint64_t cost;
};

static bool
failing_gets_are_cheap(void)
{
	struct failing all[] = {{8, false, UINT64_MAX},
	                        {1000, false, UINT64_MAX},
	                        {8, true, UINT64_MAX},
	                        {1000, true, UINT64_MAX}};
	uint32_t i;
	uint32_t j;

	for (i = 0; i < ROUNDS; i++) {
		for (j = 0; j < UNIT_ARRAY_LEN(all); j++) {
			uint64_t cost = failing_among(all[j].lanes, all[j].stopped);

			all[j].cost = cost < all[j].cost ? cost : all[j].cost;
		}
	}
	return within("a get that fails, of 1,000 lanes", all[1].cost, all[0].cost, 2) &&
	       within("a get that fails beside a stopped thread", all[2].cost, all[0].cost, 2) &&
	       within("the same, of 1,000 lanes", all[3].cost, all[1].cost, 2);
}

static void
test_failing_gets(void)
{
	bool cheap = false;
	uint32_t i;

	for (i = 0; i < TRIES && !cheap; i++)
		cheap = failing_gets_are_cheap();
	CU_ASSERT_TRUE(cheap);
}

/* --- gets for more than there is ---------------------------------------------------- */

/* So many are got beside a thread that asks so often at least: more than a lane has. */
#define SOME 600
#define ASKS 1000

static _Atomic bool over;
static _Atomic uint32_t asked;
static _Atomic uint32_t given;

/* Asks for so many again and again, which there are not. */
static void *
greedy(void *arg)
{
	const uint32_t *n = arg;
	void **frames = calloc(*n, sizeof(*frames));

	while (frames != NULL && !atomic_load(&over)) {
		if (labyrinth_get(u.lab, 1, frames, *n) == 0)
			atomic_fetch_add(&given, 1);
		atomic_fetch_add(&asked, 1);
	}
	free(frames);
	return NULL;
}

/* One thread asks for more than is free; the other gets some of those that are. */
static void
check_beside_greedy(uint32_t n, uint32_t away)
{
	uint32_t rounds = unit_rounds(20000);
	static void *frames[SOME];
	uint32_t failed = 0;
	pthread_t thread;
	uint32_t i;

	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	labyrinth_put(u.lab, 0, u.got + away, FRAMES - away);
	atomic_store(&over, false);
	atomic_store(&asked, 0);
	atomic_store(&given, 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, greedy, &n), 0);
	while (atomic_load(&asked) < 10)
		;
	for (i = 0; i < rounds || atomic_load(&asked) < ASKS; i++) {
		if (labyrinth_get(u.lab, 0, frames, SOME) == 0)
			labyrinth_put(u.lab, 0, frames, SOME);
		else
			failed++;
	}
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	if (failed > 0)
		fprintf(stderr, "%u of %u gets failed beside gets for %u\n", failed, i, n);
	CU_ASSERT_EQUAL(failed, 0);
	CU_ASSERT_EQUAL(atomic_load(&given), 0);
	labyrinth_put(u.lab, 0, u.got, away);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	labyrinth_put(u.lab, 0, u.got, FRAMES);
}

/* More than the pool holds is refused without a look for it: nothing moves. */
static void
test_more_than_it_holds(void)
{
	static void *frames[FRAMES + 1];
	struct labyrinth_stats before;
	struct labyrinth_stats after;

	if (!make(8, 0))
		return;
	labyrinth_stats(u.lab, &before);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, frames, FRAMES + 1), -ENOENT);
	labyrinth_stats(u.lab, &after);
	/* But that it failed. */
	before.failures++;
	CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof(before)), 0);
	check_beside_greedy(FRAMES + 1, 0);
	unit_drop(&u);
}

static void
test_more_than_is_free(void)
{
	if (!make(8, 0))
		return;
	check_beside_greedy(FRAMES, 1000);
	unit_drop(&u);
	if (!make(8, KEPT))
		return;
	check_beside_greedy(FRAMES, 1000);
	unit_drop(&u);
}

/* --- frees that are refused ----------------------------------------------------------- */

/* What a second free of a frame costs, and one of an address inside of it. */
static uint64_t
refused(uint32_t frames)
{
	struct labyrinth_params params = unit_params(frames, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT);
	uint64_t costs[SAMPLES];
	void *inside;
	uint32_t i;
	uint32_t j;

	if (!unit_make(&u, &params, frames))
		return 0;
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	labyrinth_put(u.lab, 0, u.got, frames);
	inside = (uint8_t *)u.got[0] + 8;
	for (i = 0; i < SAMPLES; i++) {
		uint64_t begin = now();

		for (j = 0; j < SAMPLE; j++) {
			labyrinth_put(u.lab, 0, &u.got[0], 1);
			labyrinth_put(u.lab, 0, &inside, 1);
		}
		costs[i] = now() - begin;
	}
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_drop(&u);
	return median(costs, SAMPLES);
}

static void
test_refused_frees(void)
{
	uint64_t small = UINT64_MAX;
	uint64_t large = UINT64_MAX;
	uint32_t i;

	for (i = 0; i < ROUNDS; i++) {
		uint64_t cost = refused(1024);

		small = cost < small ? cost : small;
		cost = refused(65536);
		large = cost < large ? cost : large;
	}
	/* A look at every frame would take 64 times as long. */
	CU_ASSERT_TRUE(within("frees refused by a pool of 65,536", large, small, 3));
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"frees that are refused", test_refused_frees},
		{"frees, whoever came, went or stays", test_fragments},
		{"gets that fail", test_failing_gets},
		{"more than the pool holds", test_more_than_it_holds},
		{"more than is free", test_more_than_is_free},
		CU_TEST_INFO_NULL,
	};

	return unit_main("cliffs", tests);
}

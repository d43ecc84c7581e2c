/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Failures on demand: one get in so many, at places nobody relies on. */

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "unit.h"

#define FRAMES 512
#define LANES  8

static bool
make(struct unit_lab *u, uint32_t flags, uint32_t fail)
{
	struct labyrinth_params params = unit_params(FRAMES, flags | LABYRINTH_F_FAIL);

	params.fail = fail;
	params.keep_len = 64;
	return unit_make(u, &params, fail);
}

static uint64_t
injected(const struct unit_lab *u)
{
	struct labyrinth_stats stats;

	labyrinth_stats(u->lab, &stats);
	return stats.injected;
}

/* Gets and puts: how many of the gets failed. */
static uint32_t
failures(struct unit_lab *u, uint32_t lane, uint32_t gets, uint32_t n)
{
	uint32_t failed = 0;
	uint32_t i;

	for (i = 0; i < gets; i++) {
		int ret = labyrinth_get(u->lab, lane, u->got, n);

		CU_ASSERT_TRUE(ret == 0 || ret == -ENOENT);
		failed += ret != 0;
		CU_ASSERT_EQUAL(labyrinth_count(u->lab), ret == 0 ? FRAMES - n : FRAMES);
		if (ret == 0)
			labyrinth_put(u->lab, lane, u->got, n);
	}
	return failed;
}

static void
test_one_in_so_many(void)
{
	static const uint32_t flags[] = {0, LABYRINTH_F_SEAL,
	                                 LABYRINTH_F_SEAL | LABYRINTH_F_CANARY |
	                                         LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE};
	static const uint32_t fails[] = {1, 2, 7, 100};
	size_t i;
	size_t j;

	for (i = 0; i < UNIT_ARRAY_LEN(flags); i++) {
		for (j = 0; j < UNIT_ARRAY_LEN(fails); j++) {
			struct unit_lab u;

			if (!make(&u, flags[i], fails[j]))
				return;
			CU_ASSERT_EQUAL(failures(&u, 3, fails[j] * 10, 1), 10);
			CU_ASSERT_EQUAL(failures(&u, 4, fails[j] * 10, 40), 10);
			CU_ASSERT_EQUAL(failures(&u, LABYRINTH_LANE_ANY, fails[j] * 10, 3), 10);
			CU_ASSERT_EQUAL(injected(&u), 30);
			unit_drop(&u);
		}
	}
}

/* In each group another one fails: rounds of a program do not fall in step. */
static void
test_places_differ(void)
{
	bool seen[8] = {false};
	struct unit_lab u;
	uint32_t distinct = 0;
	uint32_t i;

	if (!make(&u, LABYRINTH_F_SEAL, 8))
		return;
	for (i = 0; i < 80; i++) {
		uint32_t failed = failures(&u, 0, 1, 1);

		distinct += failed != 0 && !seen[i % 8];
		seen[i % 8] |= failed != 0;
	}
	CU_ASSERT_TRUE(distinct > 2);
	CU_ASSERT_EQUAL(injected(&u), 10);
	unit_drop(&u);
}

/* A group that is not over yet is counted right, too. */
static void
test_counted_at_any_time(void)
{
	struct unit_lab u;
	uint32_t failed = 0;
	uint32_t i;

	if (!make(&u, LABYRINTH_F_SEAL, 5))
		return;
	for (i = 0; i < 203; i++) {
		failed += failures(&u, i % LANES, 1, 1);
		CU_ASSERT_EQUAL(injected(&u), failed);
	}
	unit_drop(&u);
}

/* What is no failure on demand is counted as such, and reports know the lane. */
static void
test_others_go_on(void)
{
	struct labyrinth_stats stats;
	struct unit_lab u;
	void *frame = NULL;

	if (!make(&u, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT, 1000000))
		return;
	labyrinth_violation_handler(unit_remember);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 5, u.got, FRAMES), 0);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 5, &frame, 1), -ENOENT);
	labyrinth_put(u.lab, 6, u.got, FRAMES);
	labyrinth_put(u.lab, 7, u.got, 1);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_EQUAL(stats.failures, 1);
	CU_ASSERT_EQUAL(stats.injected, 0);
	CU_ASSERT_EQUAL(stats.violations, 1);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_DOUBLE_FREE);
	CU_ASSERT_EQUAL(unit_last.lane, 7);
	CU_ASSERT_EQUAL(unit_last.got.lane, 5);
	CU_ASSERT_EQUAL(unit_last.put.lane, 6);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

struct job {
	struct unit_lab *u;
	uint32_t gets;
	uint32_t failed;
};

/* All of them believe to be lane 2. */
static void *
work(void *arg)
{
	struct job *job = arg;
	uint32_t i;

	for (i = 0; i < job->gets; i++) {
		void *frame;

		if (labyrinth_get(job->u->lab, 2, &frame, 1) != 0)
			job->failed++;
		else
			labyrinth_put(job->u->lab, 2, &frame, 1);
	}
	return NULL;
}

static void
test_threads_of_one_lane(void)
{
	const uint32_t gets = unit_rounds(16000) / 16 * 16;
	struct job jobs[4];
	pthread_t threads[4];
	struct unit_lab u;
	uint32_t failed = 0;
	uint32_t i;

	if (!make(&u, LABYRINTH_F_SEAL, 16))
		return;
	for (i = 0; i < 4; i++) {
		jobs[i] = (struct job){&u, gets, 0};
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, work, &jobs[i]), 0);
	}
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		failed += jobs[i].failed;
	}
	/* Others fail when two threads are in lanes that hold all frames there are. */
	CU_ASSERT_TRUE(failed >= 4 * gets / 16);
	CU_ASSERT_EQUAL(injected(&u), 4 * gets / 16);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES);
	unit_drop(&u);
}

static void
test_bad_numbers(void)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_FAIL);

	CU_ASSERT_EQUAL(labyrinth_footprint(&params), 0);
	params.fail = LABYRINTH_FAIL_MAX + 1;
	CU_ASSERT_EQUAL(labyrinth_footprint(&params), 0);
	params.fail = LABYRINTH_FAIL_MAX;
	CU_ASSERT_NOT_EQUAL(labyrinth_footprint(&params), 0);
	params.flags |= LABYRINTH_F_PAGES;
	params.slots = 64;
	CU_ASSERT_EQUAL(labyrinth_footprint(&params), 0);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"one get in so many fails", test_one_in_so_many},
		{"their places differ", test_places_differ},
		{"they are counted at any time", test_counted_at_any_time},
		{"all else goes on as ever", test_others_go_on},
		{"threads of one lane", test_threads_of_one_lane},
		{"bad numbers", test_bad_numbers},
		CU_TEST_INFO_NULL,
	};

	return unit_main("failures on demand", tests);
}

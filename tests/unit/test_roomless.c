/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Roomless frames: so many threads are stopped inside of a call that no room is left.
 * No frame may be lost then, and every one of them can still be got.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "depot.h"
#include "seal.h"
#include "roomless.h"
#include "unit.h"

#define FRAMES  1000
#define FEW     30
#define LANE    0
#define THREADS 150

static struct unit_lab u;

static void
check_roomless(uint32_t flags)
{
	struct labyrinth_params params = unit_params(FRAMES, flags);
	uint32_t i;

	params.poison_len = 64;
	if (!unit_make(&u, &params, 1))
		return;
	/* All frames are out, and all rooms are empty: LANE keeps at most two of them. */
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, LANE, u.got, FRAMES), 0);
	CU_ASSERT_TRUE(unit_hide_rooms(u.lab) > 4);
	for (i = 0; i < FRAMES; i++)
		labyrinth_put(u.lab, LANE, &u.got[i], 1);
	CU_ASSERT_TRUE(lab_roomless_count(u.lab) >= FRAMES - 2 * LABYRINTH_ROOM_FRAMES);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE + 1, u.got, FRAMES + 1), -ENOENT);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES);
	/* By another lane, in a bulk of many rooms, each frame once. */
	CU_ASSERT_TRUE(unit_all_once(&u, LANE + 1));
	CU_ASSERT_EQUAL(lab_roomless_count(u.lab), 0);
	unit_drop(&u);
}

static void
test_plain(void)
{
	check_roomless(0);
}

static void
test_sealed(void)
{
	check_roomless(LABYRINTH_F_SEAL);
}

static void
test_strict(void)
{
	check_roomless(LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON |
	               LABYRINTH_F_RANDOM_REUSE);
}

static _Atomic bool stop;

static void *
churn(void *arg)
{
	void *frames[32];
	uint32_t n = *(const uint32_t *)arg;

	while (!atomic_load(&stop)) {
		if (labyrinth_get(u.lab, LABYRINTH_LANE_ANY, frames, n) == 0)
			labyrinth_put(u.lab, LABYRINTH_LANE_ANY, frames, n);
	}
	return NULL;
}

/* Far more threads than processors: most are stopped, many of them in mid-call. */
static void
test_crowd(void)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL);
	uint32_t sizes[] = {1, 4, 32};
	pthread_t threads[THREADS];
	uint32_t n;

	params.lanes = 2;
	if (!unit_make(&u, &params, 2))
		return;
	atomic_store(&stop, false);
	for (n = 0; n < THREADS; n++) {
		if (pthread_create(&threads[n], NULL, churn, &sizes[n % 3]) != 0)
			break;
	}
	CU_ASSERT_TRUE(n > 1);
	sleep(2);
	atomic_store(&stop, true);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES);
	CU_ASSERT_TRUE(unit_all_once(&u, LANE));
	unit_drop(&u);
}

/* The caller gets all frames, and neither a lane nor the depot has a room. */
static void
make_without_rooms(uint32_t flags)
{
	struct labyrinth_params params = unit_params(FEW, flags | LABYRINTH_F_REPORT);

	CU_ASSERT_TRUE_FATAL(unit_make(&u, &params, 1));
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, LANE, u.got, FEW), 0);
	unit_hide_all_rooms(u.lab);
}

/* Each of the few is there once. */
static void
check_few(void)
{
	CU_ASSERT_EQUAL(lab_roomless_count(u.lab), FEW);
	CU_ASSERT_EQUAL(lab_roomless_found(u.lab), FEW);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FEW);
	CU_ASSERT_TRUE(unit_all_once(&u, LABYRINTH_LANE_ANY));
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* Few frames, none in a room: wherever a thread looks, others leave and take roomless ones. */
static void
check_churn(uint32_t flags)
{
	uint32_t sizes[] = {1, 1, 3, 7};
	pthread_t threads[UNIT_ARRAY_LEN(sizes)];
	uint32_t n;

	make_without_rooms(flags);
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, FEW);
	atomic_store(&stop, false);
	for (n = 0; n < UNIT_ARRAY_LEN(threads); n++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[n], NULL, churn, &sizes[n]), 0);
	sleep(1);
	atomic_store(&stop, true);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	CU_ASSERT_EQUAL(unit_told, 0);
	check_few();
}

static void
test_churn(void)
{
	check_churn(0);
	check_churn(LABYRINTH_F_SEAL);
}

/* Two threads that free one frame at once may both find it owned. */
static void
test_twice(void)
{
	struct lab_word *word;
	uint64_t owned;

	make_without_rooms(LABYRINTH_F_SEAL);
	word = lab_word_of(u.lab, u.got[0]);
	owned = lab_word_read(word);
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, FEW);
	lab_word_write(word, owned);
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, 1);
	CU_ASSERT_EQUAL(unit_told, 1);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_DOUBLE_FREE);
	CU_ASSERT_PTR_EQUAL(unit_last.frame, u.got[0]);
	check_few();
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"no frame is lost without rooms", test_plain},
		{"no sealed frame is lost without rooms", test_sealed},
		{"no strict frame is lost without rooms", test_strict},
		{"a crowd of threads loses nothing", test_crowd},
		{"roomless frames that many threads leave and take", test_churn},
		{"a roomless frame put twice at the same time", test_twice},
		CU_TEST_INFO_NULL,
	};

	return unit_main("roomless", tests);
}

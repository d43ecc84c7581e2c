/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Strays: so many threads are stopped inside of a call that no room is left.
 * No frame may be lost then, and every one of them can still be got.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "depot.h"
#include "stray.h"
#include "unit.h"

#define FRAMES  1000
#define LANE    0
#define THREADS 150

static struct unit_lab u;

static void
check_strays(uint32_t flags)
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
	CU_ASSERT_TRUE(lab_strays(u.lab) >= FRAMES - 2 * LABYRINTH_ROOM_FRAMES);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE + 1, u.got, FRAMES + 1), -ENOENT);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES);
	/* By another lane, in a bulk of many rooms, each frame once. */
	CU_ASSERT_TRUE(unit_all_once(&u, LANE + 1));
	CU_ASSERT_EQUAL(lab_strays(u.lab), 0);
	unit_drop(&u);
}

static void
test_plain(void)
{
	check_strays(0);
}

static void
test_sealed(void)
{
	check_strays(LABYRINTH_F_SEAL);
}

static void
test_strict(void)
{
	check_strays(LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON |
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

int
main(void)
{
	CU_TestInfo tests[] = {
		{"no frame is lost without rooms", test_plain},
		{"no sealed frame is lost without rooms", test_sealed},
		{"no strict frame is lost without rooms", test_strict},
		{"a crowd of threads loses nothing", test_crowd},
		CU_TEST_INFO_NULL,
	};

	return unit_main("stray", tests);
}

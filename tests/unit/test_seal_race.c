/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Two threads put one frame at the same time, really. Whatever was noticed and
 * whenever: afterwards it is handed out once at most.
 */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "unit_misuse.h"

#if UNIT_TSAN
/* The race is the test. */
int
main(void)
{
	return UNIT_SKIPPED;
}
#else

enum {
	FRAMES = 64
};

static struct unit_lab u;
static void *victim;
static _Atomic uint32_t step;
static _Atomic uint32_t told;
static uint32_t rounds;
static bool gets_at_once;
static uint32_t partner_lane;
static void *got_at_once[2];

static void
on_violation(const struct labyrinth_violation *violation)
{
	(void)violation;
	atomic_fetch_add(&told, 1);
}

/* Both threads leave here together. */
static void
meet(uint32_t at)
{
	uint32_t spins;

	atomic_fetch_add(&step, 1);
	for (spins = 1; atomic_load(&step) < 2 * at; spins++) {
		if (spins % 4096 == 0)
			sched_yield();
	}
}

/* Get by this thread's lane, keep the victim, put the others back. */
static void *
find_victim(uint32_t lane)
{
	void *frames[FRAMES];
	void *found = NULL;
	uint32_t n = 0;

	while (found == NULL && n < FRAMES && labyrinth_get(u.lab, lane, &frames[n], 1) == 0) {
		if (frames[n] == victim)
			found = victim;
		else
			n++;
	}
	labyrinth_put(u.lab, lane, frames, n);
	return found;
}

/* Take the victim out, whatever copies there are; tells how many came out. */
static uint32_t
drain_victim(void)
{
	void *frames[2 * FRAMES];
	uint32_t copies = 0;
	uint32_t n = 0;
	void *frame;

	while (n < 2 * FRAMES && labyrinth_get(u.lab, 0, &frame, 1) == 0) {
		if (frame == victim)
			copies++;
		else
			frames[n++] = frame;
	}
	labyrinth_put(u.lab, 0, frames, n);
	return copies;
}

static void *
partner(void *arg)
{
	uint32_t round;

	(void)arg;
	for (round = 1; round <= rounds; round++) {
		meet(3 * round - 2);
		labyrinth_put(u.lab, partner_lane, &victim, 1);
		meet(3 * round - 1);
		got_at_once[1] = gets_at_once ? find_victim(partner_lane) : NULL;
		meet(3 * round);
	}
	return NULL;
}

/* Returns how often the frame came out more than once. The other thread uses that lane. */
static uint32_t
race(uint32_t lane, uint32_t *noticed)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT);
	pthread_t thread;
	uint32_t twice = 0;
	uint32_t round;

	*noticed = 0;
	partner_lane = lane;
	rounds = unit_rounds(60000);
	atomic_store(&step, 0);
	if (!unit_make(&u, &params, 1))
		return 0;
	labyrinth_violation_handler(on_violation);
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, &victim, 1), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, partner, NULL), 0);
	for (round = 1; round <= rounds; round++) {
		uint32_t copies;

		atomic_store(&told, 0);
		meet(3 * round - 2);
		labyrinth_put(u.lab, 0, &victim, 1);
		meet(3 * round - 1);
		got_at_once[0] = gets_at_once ? find_victim(0) : NULL;
		meet(3 * round);
		copies = (got_at_once[0] != NULL) + (got_at_once[1] != NULL);
		copies += drain_victim();
		twice += copies > 1;
		*noticed += atomic_load(&told) > 0;
		CU_ASSERT_TRUE_FATAL(copies >= 1);
	}
	pthread_join(thread, NULL);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
	return twice;
}

static void
test_one_after_the_other(void)
{
	uint32_t noticed;

	gets_at_once = false;
	CU_ASSERT_EQUAL(race(1, &noticed), 0);
	CU_ASSERT_EQUAL(noticed, rounds);
	/* Both believe to be the same lcore. */
	CU_ASSERT_EQUAL(race(0, &noticed), 0);
	CU_ASSERT_EQUAL(noticed, rounds);
}

static void
test_at_once(void)
{
	uint32_t noticed;
	uint32_t twice;

	gets_at_once = true;
	twice = race(1, &noticed);
	if (twice > 0)
		fprintf(stderr, "two owners in %u of %u rounds, noticed in %u\n", twice, rounds,
		        noticed);
	CU_ASSERT_EQUAL(twice, 0);
	CU_ASSERT_EQUAL(noticed, rounds);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"put twice at once, got by one", test_one_after_the_other},
		{"put twice at once, got by both at once", test_at_once},
		CU_TEST_INFO_NULL,
	};

	return unit_main("seal race", tests);
}
#endif

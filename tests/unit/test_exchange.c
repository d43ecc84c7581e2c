/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Get and put in all sizes, by all lanes. */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "labyrinth_entropy.h"
#include "unit.h"

#define STRICT \
	(LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE)

static const uint32_t profiles[] = {0, LABYRINTH_F_SEAL, STRICT, LABYRINTH_F_FIFO_REUSE,
                                    LABYRINTH_F_SEAL | LABYRINTH_F_FIFO_REUSE};

/* Which frames the test owns, by their place in memory. */
struct ledger {
	struct unit_lab u;
	bool *owned;
	void **held;
	uint32_t holding;
};

static bool
ledger_make(struct ledger *l, uint32_t frames, uint32_t flags, uint64_t seed)
{
	struct labyrinth_params params = unit_params(frames, flags);

	memset(l, 0, sizeof(*l));
	if (!unit_make(&l->u, &params, seed))
		return false;
	l->owned = calloc(frames, sizeof(l->owned[0]));
	l->held = calloc(frames, sizeof(l->held[0]));
	return l->owned != NULL && l->held != NULL;
}

static void
ledger_drop(struct ledger *l)
{
	unit_drop(&l->u);
	free(l->owned);
	free(l->held);
}

/* A get that must succeed just when there are enough frames. */
static void
ledger_get(struct ledger *l, uint32_t lane, uint32_t n)
{
	uint32_t left = l->u.frames - l->holding;
	void **to = l->held + l->holding;
	uint32_t wrong = 0;
	uint32_t i;
	int ret;

	/* More than there are must not be written at all; the place is there. */
	ret = labyrinth_get(l->u.lab, lane, n > left ? l->u.got : to, n);
	CU_ASSERT_EQUAL(ret, n > left ? -ENOENT : 0);
	CU_ASSERT_EQUAL(labyrinth_count(l->u.lab), ret == 0 ? left - n : left);
	if (ret != 0)
		return;
	for (i = 0; i < n; i++) {
		uint32_t index = unit_index(&l->u, to[i]);

		if (index == UINT32_MAX || l->owned[index])
			wrong++;
		else
			l->owned[index] = true;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	l->holding += n;
}

static void
ledger_put(struct ledger *l, uint32_t lane, uint32_t n)
{
	uint32_t i;

	if (n > l->holding)
		n = l->holding;
	l->holding -= n;
	for (i = 0; i < n; i++)
		l->owned[unit_index(&l->u, l->held[l->holding + i])] = false;
	labyrinth_put(l->u.lab, lane, l->held + l->holding, n);
	CU_ASSERT_EQUAL(labyrinth_count(l->u.lab), l->u.frames - l->holding);
}

/* Every bulk size against every number of frames, one lane. */
static void
test_bulks(void)
{
	static const uint32_t frames[] = {1, 2, 31, 255, 256, 257, 511, 512, 513, 1000, 5000};
	static const uint32_t bulks[] = {0,  1,  2,  3,   4,   5,   7,   8,   9,
	                                 31, 32, 33, 255, 256, 257, 500, 512, 1000};
	struct ledger l;
	size_t f;
	size_t b;
	size_t p;

	for (p = 0; p < UNIT_ARRAY_LEN(profiles); p++) {
		for (f = 0; f < UNIT_ARRAY_LEN(frames); f++) {
			if (!ledger_make(&l, frames[f], profiles[p], f))
				return;
			for (b = 0; b < UNIT_ARRAY_LEN(bulks); b++) {
				uint32_t n = bulks[b] < frames[f] ? bulks[b] : frames[f];

				ledger_get(&l, 2, n);
				ledger_get(&l, 2, n);
				ledger_put(&l, 2, n);
				ledger_put(&l, 2, UINT32_MAX);
			}
			ledger_get(&l, 2, frames[f]);
			ledger_get(&l, 2, 1);
			ledger_put(&l, 2, UINT32_MAX);
			CU_ASSERT_TRUE(unit_all_once(&l.u, 1));
			ledger_drop(&l);
		}
	}
}

/* Random sizes, random lanes, among them one too high and none at all. */
static void
test_random_walk(void)
{
	static const uint32_t lanes[] = {0, 1, 2, 7, 8, 5000, LABYRINTH_LANE_ANY};
	static const uint32_t frames[] = {1, 64, 300, 1000, 5000};
	uint32_t rounds = unit_rounds(3000);
	struct labyrinth_entropy ent;
	struct ledger l;
	uint32_t i;
	size_t f;
	size_t p;

	labyrinth_entropy_init(&ent, unit_seed(20), 0);
	for (f = 0; f < UNIT_ARRAY_LEN(frames); f++) {
		for (p = 0; p < UNIT_ARRAY_LEN(profiles); p++) {
			if (!ledger_make(&l, frames[f], profiles[p], f))
				return;
			for (i = 0; i < rounds; i++) {
				uint32_t lane =
					lanes[labyrinth_entropy_below(&ent, UNIT_ARRAY_LEN(lanes))];
				uint32_t most = frames[f] < 1000 ? frames[f] : 1000;
				uint32_t n = labyrinth_entropy_below(&ent, most) + 1;

				if (labyrinth_entropy_below(&ent, 2) == 0)
					ledger_get(&l, lane, n);
				else
					ledger_put(&l, lane, n);
			}
			ledger_put(&l, 0, UINT32_MAX);
			CU_ASSERT_TRUE(unit_all_once(&l.u, LABYRINTH_LANE_ANY));
			ledger_drop(&l);
		}
	}
}

/* A get that fails takes nothing, also what lies in several lanes and rooms. */
static void
test_all_or_nothing(void)
{
	struct labyrinth_stats stats;
	struct ledger l;
	uint32_t lane;
	size_t p;

	for (p = 0; p < UNIT_ARRAY_LEN(profiles); p++) {
		if (!ledger_make(&l, 1000, profiles[p], 30))
			return;
		ledger_get(&l, 0, 900);
		for (lane = 1; lane < 8; lane++)
			ledger_put(&l, lane, 50);
		for (lane = 0; lane < 8; lane++) {
			ledger_get(&l, lane, 451);
			ledger_get(&l, lane, 1000);
		}
		ledger_get(&l, LABYRINTH_LANE_ANY, 451);
		/* More than there are at all, too. */
		ledger_get(&l, 0, 1001);
		labyrinth_stats(l.u.lab, &stats);
		CU_ASSERT_EQUAL(stats.failures, 18);
		ledger_get(&l, 7, 450);
		ledger_put(&l, 7, UINT32_MAX);
		CU_ASSERT_TRUE(unit_all_once(&l.u, 3));
		ledger_drop(&l);
	}
}

/* Hot: without random reuse, what was put last is got first. */
static void
test_lifo(void)
{
	struct ledger l;
	void *again[8];
	uint32_t i;

	if (!ledger_make(&l, 600, LABYRINTH_F_SEAL, 31))
		return;
	ledger_get(&l, 0, 100);
	labyrinth_put(l.u.lab, 0, l.held, 16);
	CU_ASSERT_EQUAL(labyrinth_get(l.u.lab, 0, again, 8), 0);
	for (i = 0; i < 8; i++)
		CU_ASSERT_PTR_EQUAL(again[i], l.held[8 + i]);
	ledger_drop(&l);
}

/* How often each frame was handed out, by its place in memory. */
static void
count_get(struct ledger *l, uint32_t lane, uint32_t n, uint32_t *times)
{
	uint32_t from = l->holding;

	ledger_get(l, lane, n);
	for (; from < l->holding; from++)
		times[unit_index(&l->u, l->held[from])]++;
}

static uint32_t
differ(const struct ledger *l, const uint32_t *times)
{
	uint32_t least = times[0];
	uint32_t most = times[0];
	uint32_t i;

	for (i = 1; i < l->u.frames; i++) {
		least = times[i] < least ? times[i] : least;
		most = times[i] > most ? times[i] : most;
	}
	return most - least;
}

/* Frames come in turn: none is handed out again while others wait, nor soon after its put. */
static void
fifo_by(uint32_t flags, uint32_t n)
{
	enum {
		FRAMES = 4096
	};
	uint32_t *times = calloc(FRAMES, sizeof(times[0]));
	uint32_t *last = calloc(FRAMES, sizeof(last[0]));
	uint32_t soonest = UINT32_MAX;
	uint32_t worst = 0;
	struct ledger l;
	uint32_t k;
	uint32_t i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(times);
	CU_ASSERT_PTR_NOT_NULL_FATAL(last);
	if (ledger_make(&l, FRAMES, LABYRINTH_F_FIFO_REUSE | flags, 41 + n)) {
		for (k = 0; k < 5 * FRAMES / n; k++) {
			count_get(&l, 0, n, times);
			for (i = 0; i < n; i++) {
				uint32_t index = unit_index(&l.u, l.held[i]);

				if (last[index] != 0 && k - last[index] < soonest)
					soonest = k - last[index];
				last[index] = k + 1;
			}
			ledger_put(&l, 0, n);
			worst = differ(&l, times) > worst ? differ(&l, times) : worst;
		}
		ledger_drop(&l);
	}
	CU_ASSERT_EQUAL(worst, 1);
	/* Shelves are an eighth each. */
	CU_ASSERT_TRUE((soonest + 1) * n >= FRAMES * 3 / 4);
	free(times);
	free(last);
}

static void
test_fifo(void)
{
	fifo_by(0, 1);
	fifo_by(0, 32);
	fifo_by(0, 300);
	fifo_by(LABYRINTH_F_SEAL, 1);
	fifo_by(LABYRINTH_F_SEAL, 32);
	fifo_by(LABYRINTH_F_SEAL, 100);
	fifo_by(LABYRINTH_F_SEAL | LABYRINTH_F_POISON | LABYRINTH_F_CANARY, 32);
}

/* Of several lanes each holds back what its two rooms have; all others come. */
static void
test_fifo_lanes(void)
{
	enum {
		FRAMES = 4096,
		LANES = 3
	};
	uint32_t *times = calloc(FRAMES, sizeof(times[0]));
	uint32_t never = 0;
	struct ledger l;
	uint32_t k;
	uint32_t i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(times);
	CU_ASSERT_TRUE_FATAL(
		ledger_make(&l, FRAMES, LABYRINTH_F_FIFO_REUSE | LABYRINTH_F_SEAL, 61));
	for (k = 0; k < FRAMES / 32; k++) {
		count_get(&l, k % LANES, 32, times);
		ledger_put(&l, (k + 1) % LANES, 32);
	}
	for (i = 0; i < FRAMES; i++)
		never += times[i] == 0;
	CU_ASSERT_TRUE(never <= LANES * 2 * LABYRINTH_ROOM_FRAMES);
	ledger_drop(&l);
	free(times);
}

struct anybody {
	struct unit_lab *u;
	uint32_t rounds;
	uint32_t number;
	uint32_t wrong;
};

/* A thread without an lcore id: it stamps its frames, and finds its stamp again. */
static void *
anybody_main(void *arg)
{
	struct anybody *me = arg;
	void *frames[48];
	uint32_t round;
	uint32_t i;

	for (round = 0; round < me->rounds; round++) {
		uint32_t n = round % UNIT_ARRAY_LEN(frames) + 1;

		if (labyrinth_get(me->u->lab, LABYRINTH_LANE_ANY, frames, n) != 0)
			continue;
		for (i = 0; i < n; i++)
			*(uint32_t *)frames[i] = me->number * 1000000 + round;
		for (i = 0; i < n; i++)
			me->wrong += *(uint32_t *)frames[i] != me->number * 1000000 + round;
		labyrinth_put(me->u->lab, LABYRINTH_LANE_ANY, frames, n);
	}
	return NULL;
}

static void
test_threads_without_lane(void)
{
	enum {
		THREADS = 6
	};
	struct labyrinth_params params = unit_params(2000, LABYRINTH_F_SEAL);
	struct anybody anybody[THREADS];
	pthread_t threads[THREADS];
	struct unit_lab u;
	uint32_t i;

	params.lanes = 0;
	params.busy_lanes = 0;
	if (!unit_make(&u, &params, 32))
		return;
	for (i = 0; i < THREADS; i++) {
		anybody[i] = (struct anybody){&u, unit_rounds(20000), i + 1, 0};
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, anybody_main, &anybody[i]),
		                      0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_EQUAL(anybody[i].wrong, 0);
	}
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), 2000);
	CU_ASSERT_TRUE(unit_all_once(&u, LABYRINTH_LANE_ANY));
	unit_drop(&u);
}

/* What a signal handler does while it interrupts calls of the same lane. */
static struct unit_lab *interrupted;
static volatile sig_atomic_t signals;
static volatile sig_atomic_t handler_failed;

static void
on_signal(int signum)
{
	void *frames[40];

	(void)signum;
	if (labyrinth_get(interrupted->lab, 0, frames, 40) != 0)
		handler_failed++;
	else
		labyrinth_put(interrupted->lab, 0, frames, 40);
	signals++;
}

static void
test_signal_handler(void)
{
	const struct itimerval often = {{0, 200}, {0, 200}};
	const struct itimerval never = {{0, 0}, {0, 0}};
	const struct sigaction ours = {.sa_handler = on_signal};
	const int want = (int)unit_rounds(1600);
	struct sigaction before;
	struct ledger l;
	void *frames[300];
	uint32_t failed = 0;

	if (!ledger_make(&l, 3000, LABYRINTH_F_SEAL, 33))
		return;
	interrupted = &l.u;
	sigaction(SIGALRM, &ours, &before);
	setitimer(ITIMER_REAL, &often, NULL);
	while (signals < want) {
		failed += labyrinth_get(l.u.lab, 0, frames, 300) != 0;
		labyrinth_put(l.u.lab, 0, frames, 300);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	CU_ASSERT_EQUAL(failed, 0);
	CU_ASSERT_EQUAL(handler_failed, 0);
	CU_ASSERT_EQUAL(labyrinth_count(l.u.lab), 3000);
	CU_ASSERT_TRUE(unit_all_once(&l.u, 0));
	ledger_drop(&l);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"bulk sizes against numbers of frames", test_bulks},
		{"random sizes and lanes", test_random_walk},
		{"all or nothing", test_all_or_nothing},
		{"what was put last is got first", test_lifo},
		{"first in, first out", test_fifo},
		{"first in, first out by several lanes", test_fifo_lanes},
		{"threads without an lcore id", test_threads_without_lane},
		{"a signal handler of the same lane", test_signal_handler},
		CU_TEST_INFO_NULL,
	};

	return unit_main("exchange", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A process is held in the middle of a call, at instructions spread over all of it. With
 * STOP_EVERYWHERE=1 at every one of short calls, every few of longer ones, and some of the
 * longest. The others go on as if it were not there; when it goes on itself, it ends its
 * call, and no frame is lost or in two places.
 */

#include <signal.h>
#include <unistd.h>

#include "unit_held.h"
#include "unit_others.h"

enum {
	OTHERS = 0,
	HELD = 1,   /* the process that is held in its call, or the first of several */
	CROWD = 24, /* held at the same time */
	PROCESSES = HELD + CROWD,
	WATCHDOG = 60, /* seconds: far above what the others' calls, or all steps of a run, take */
	RUNS = 10,     /* of a call, by default */
	SHORT = 2000,  /* instructions: of a shorter call each can have a run of its own */
	LONG_PERIOD = 997,
	LONG_STRIDE = 90,
	HOLDS = 40,       /* in a run with several, by default */
	HOLDS_MOST = 100, /* then it is let go: held without end, it need not get on */
	NEVER = UINT32_MAX,
};

struct config {
	uint32_t flags;
	uint32_t lane_frames;
	const uint32_t *lanes;
	uint32_t lane_count;
};

static struct unit_lab u;
static struct unit_others others;
static const char *config_name;
static uint64_t stops;

static void
watchdog(int signum)
{
	static const char text[] = "\nsomebody waits for a process that is held\n";

	(void)signum;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(3);
	_exit(2);
}

/* Nothing is kept from anybody else. */
static bool
others_leave(void)
{
	uint32_t i;

	for (i = 0; i < HELD_LANES; i++)
		labyrinth_lane_leave(u.lab, OTHERS * HELD_LANES + i);
	return others.wrong == NULL;
}

/* Nobody is in a call: is everything there? */
static bool
all_there(const struct unit_act *act)
{
	others_leave();
	if (act->corpse && unit_bury() != 0) {
		others.wrong = "what the dead held is not found";
		return false;
	}
	return unit_others_all_there(&others);
}

static bool
others_go(const struct unit_act *act, bool back)
{
	alarm(WATCHDOG);
	/* Half of the times they leave the dead to the one that is held. */
	if (!back && act->corpse && !unit_documented(unit_bury()))
		others.wrong = "a recovery fails for a reason it does not document";
	stops++;
	return unit_others_go(&others, back);
}

static bool
everywhere(void)
{
	return unit_everywhere("STOP_EVERYWHERE");
}

/*
 * Hold it at the instruction `first`, and at each `period`th from there on; 0: at that
 * alone. Tells how many instructions it took to the end of its call.
 */
static uint32_t
hold(const struct unit_act *act, uint32_t first, uint32_t period, bool back)
{
	enum unit_step step = UNIT_ENDED;
	uint32_t holds = 0;
	pid_t pid = -1;
	uint32_t at;
	int status;

	/* Else what is left from the last call of the others runs through all steps. */
	alarm(WATCHDOG);
	if (others_leave() && (!act->corpse || unit_corpse_make()))
		pid = unit_traced(unit_held, act);
	if (pid > 0)
		step = UNIT_STEPPED;
	for (at = 0; step == UNIT_STEPPED && holds < HOLDS_MOST; at++) {
		if (at == UNIT_LONG && first == NEVER)
			break;
		if (at == first || (period > 0 && at > first && (at - first) % period == 0)) {
			holds++;
			if (!others_go(act, back) || period == 0)
				break;
		}
		step = unit_step(pid);
	}
	status = step == UNIT_ENDED ? -1 : unit_run_to_end(pid);
	if (status == 3 && (!back || act->hidden == act->frames))
		status = 0;
	unit_others_put_back(&others);
	if (status != 0 && others.wrong == NULL)
		others.wrong = status == 2   ? "it was given a frame that others own"
		               : status == 3 ? "it found no frame"
		                             : "it did not end as it should";
	if (others.wrong == NULL)
		all_there(act);
	CU_ASSERT_PTR_NULL(others.wrong);
	if (others.wrong != NULL)
		fprintf(stderr,
		        "\n%s, %s, held at %u and each %u from there on, %u of all (0x%x): %s\n",
		        config_name, act->name, first, period, at, (unsigned int)unit_step_status,
		        others.wrong);
	return at;
}

/* Held once in each run. */
static void
hold_once(const struct unit_act *act, uint32_t all)
{
	uint32_t stride = unit_stride(all, all < UNIT_LONG ? RUNS : 2);
	uint32_t at;

	/* A call that was held before may take a shorter way: only such runs come so far. */
	if (everywhere() && all < UNIT_LONG)
		stride = 1 + all / SHORT;
	for (at = 0; at < all && others.wrong == NULL; at += stride)
		hold(act, at, 0, at / stride % 2 == 0);
}

/* Held again and again in one run; everywhere: from each instruction of a period on. */
static void
hold_often(const struct unit_act *act, uint32_t all)
{
	uint32_t period = unit_stride(all, HOLDS) + 6;
	uint32_t stride = 1;
	uint32_t at;

	if (all >= UNIT_LONG) {
		period = LONG_PERIOD;
		stride = LONG_STRIDE;
	}
	for (at = 0; at < (everywhere() ? period : 1) && others.wrong == NULL; at += stride)
		hold(act, at, period, at / stride % 2 == 0);
}

static bool
make(const struct config *config, const struct unit_act *act)
{
	struct labyrinth_params params =
		unit_params(act->frames, config->flags | LABYRINTH_F_REPORT);

	params.lanes = PROCESSES * HELD_LANES;
	params.processes = PROCESSES;
	params.lane_frames = config->lane_frames;
	params.poison_len = 16;
	if (!unit_make(&u, &params, 1))
		return false;
	unit_held_is(&u, HELD);
	CU_ASSERT_TRUE_FATAL(unit_others_make(&others, &u, config->lanes, config->lane_count));
	others.least = act->frames - act->hidden;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	return true;
}

static void
drop(void)
{
	CU_ASSERT_EQUAL(unit_told, 0);
	labyrinth_violation_handler(NULL);
	unit_others_drop(&others);
	unit_drop(&u);
}

static void
check_act(const struct config *config, const struct unit_act *act)
{
	uint64_t before = stops;
	uint32_t all;

	if ((config->flags & act->flags) != act->flags || !make(config, act))
		return;
	/* What the dynamic linker does at a first call is not what is to be seen. */
	others_go(act, true);
	unit_others_put_back(&others);
	all = hold(act, NEVER, 0, true);
	hold_once(act, all);
	hold_often(act, all);
	printf("\n    %s: %u instructions, held %lu times, %lu calls of the others", act->name, all,
	       (unsigned long)(stops - before), (unsigned long)others.calls);
	drop();
}

/* So many are held at once, each somewhere else, that all lanes of a process are taken. */
static void
check_crowd(const struct config *config)
{
	struct unit_act act = {.name = "a crowd",
	                       .frames = (CROWD + 3) * HELD_OF_CALL,
	                       .hidden = CROWD * HELD_OF_CALL};
	pid_t pids[CROWD];
	uint32_t i, at;

	if (!make(config, &act))
		return;
	for (i = 0; i < CROWD; i++) {
		CU_ASSERT_TRUE_FATAL(unit_others_put_back(&others) && others_leave());
		unit_held_is(&u, config->lane_frames > 0 ? HELD + i : HELD);
		act.exchange = &unit_calls[1 + i % (unit_calls_count - 1)];
		act.without_lane = i % 3 == 2;
		pids[i] = unit_traced(unit_held, &act);
		CU_ASSERT_FATAL(pids[i] > 0);
		for (at = 0; at < 60 + i * 19 && unit_step(pids[i]) == UNIT_STEPPED; at++)
			;
		others_go(&act, i % 2 == 0);
	}
	unit_others_put_back(&others);
	for (i = 0; i < CROWD; i++)
		CU_ASSERT_EQUAL(unit_run_to_end(pids[i]), 0);
	CU_ASSERT_TRUE(all_there(&act));
	CU_ASSERT_PTR_NULL(others.wrong);
	if (others.wrong != NULL)
		fprintf(stderr, "\n%s, %u held at once: %s\n", config_name, CROWD, others.wrong);
	printf("\n    %u held at once: %u of %u frames were left to the others", CROWD,
	       others.drained, act.frames);
	drop();
}

static void
check_all(const struct config *config)
{
	struct unit_act plain = {.frames = HELD_FRAMES, .hidden = HELD_OF_CALL};
	uint32_t i;

	for (i = 0; i < unit_calls_count; i++) {
		plain.exchange = &unit_calls[i];
		plain.name = unit_calls[i].name;
		check_act(config, &plain);
	}
	for (i = 0; i < unit_acts_count; i++)
		check_act(config, &unit_acts[i]);
	check_crowd(config);
}

/* Whoever keeps a lane keeps it to itself; others have their own. */
static const uint32_t own_lanes[] = {OTHERS * HELD_LANES, LABYRINTH_LANE_ANY};
/* Where lanes are shared, somebody else may work by the lane of the one that is held. */
static const uint32_t all_lanes[] = {OTHERS * HELD_LANES, HELD *HELD_LANES, LABYRINTH_LANE_ANY};

static const struct config configs[] = {
	{0, 0, all_lanes, UNIT_ARRAY_LEN(all_lanes)},
	{LABYRINTH_F_SEAL, 384, own_lanes, UNIT_ARRAY_LEN(own_lanes)},
	{LABYRINTH_F_SEAL, 0, all_lanes, UNIT_ARRAY_LEN(all_lanes)},
	{LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE, 384,
         own_lanes, UNIT_ARRAY_LEN(own_lanes)},
	{LABYRINTH_F_SEAL | LABYRINTH_F_FIFO_REUSE, 0, all_lanes, UNIT_ARRAY_LEN(all_lanes)},
};

static void
test_fast(void)
{
	config_name = "fast";
	check_all(&configs[0]);
}

static void
test_guard(void)
{
	config_name = "guard";
	check_all(&configs[1]);
}

static void
test_guard_shared(void)
{
	config_name = "guard, shared lanes";
	check_all(&configs[2]);
}

static void
test_strict(void)
{
	config_name = "strict";
	check_all(&configs[3]);
}

static void
test_fifo(void)
{
	config_name = "first in, first out";
	check_all(&configs[4]);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"fast", test_fast},
		{"guard", test_guard},
		{"guard, lanes shared", test_guard_shared},
		{"strict", test_strict},
		{"first in, first out", test_fifo},
		CU_TEST_INFO_NULL,
	};

	if (!unit_may_step())
		return UNIT_SKIPPED;
	signal(SIGALRM, watchdog);
	labyrinth_process(OTHERS);
	unit_share = true;
	return unit_main("stop", tests);
}

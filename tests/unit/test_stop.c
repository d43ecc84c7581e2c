/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A process is held in the middle of a call: at instructions spread over all of it, with
 * STOP_EVERYWHERE=1 at every single one. The others go on as if it were not there; when it
 * goes on itself, it ends its call, and no frame is lost or in two places.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "labyrinth_inspect.h"
#include "labyrinth_recover.h"
#include "unit_others.h"
#include "unit_step.h"

#if UNIT_TSAN || UNIT_ASAN
/* Stepped through, a process takes for ever with what sanitizers add to it. */
int
main(void)
{
	return UNIT_SKIPPED;
}
#else

enum {
	FRAMES = 2600,
	FEW = 700,        /* where a call looks at all of them */
	HELD_LANES = 560, /* frames in a process's hands and lanes that moves no rooms */
	LANES = 4,        /* of one process */
	OTHERS = 0,
	HELD = 1,   /* the process that is held in its call, or the first of several */
	CORPSE = 2, /* one that has been killed before */
	CROWD = 24, /* held at the same time */
	PROCESSES = HELD + CROWD,
	CORPSE_LANE = CORPSE * LANES,
	MARK = 2,      /* of frames that the held process owns */
	WATCHDOG = 60, /* seconds: far above what the others' calls, or all steps of a run, take */
	RUNS = 16,     /* of a call, by default */
	LONG = 15000,  /* instructions: of such a call all runs would take minutes */
	LONG_PERIOD = 997,
	HOLDS = 50,       /* in a run with several, by default */
	HOLDS_MOST = 100, /* then it is let go: held without end, it need not get on */
	NEVER = UINT32_MAX,
};

/* A call may have hold of its lane's two rooms and of two it takes from elsewhere. */
#define HIDDEN_MOST (4 * LABYRINTH_ROOM_FRAMES + UNIT_DEED_MOST)

struct config {
	uint32_t flags;
	uint32_t lane_frames;
	const uint32_t *lanes;
	uint32_t lane_count;
};

/* Something that a process does while it is held: a deed, or a call of its own. */
struct act {
	const char *name;
	const struct unit_deed *deed;
	bool without_lane;
	bool (*prepare)(void); /* before it is there: by the others */
	void (*ready)(void);   /* before the call: by itself */
	void (*call)(void);    /* instead of the deed's */
	uint32_t flags;        /* that it takes */
	uint32_t frames;       /* of the labyrinth */
	uint32_t hidden;       /* most of them that others cannot get meanwhile */
};

static struct unit_lab u;
static struct unit_others others;
static const char *config_name;
static uint64_t stops;
static pid_t corpse;

/* What the held process is and has. */
static uint32_t held_process = HELD;
static void *held[FRAMES];
static uint32_t have;
static int result;

/* --- the process that is held ------------------------------------------------- */

static uint32_t
held_lane(void)
{
	return held_process * LANES;
}

/* All free frames are in a guest lane: a get has to take them from there. */
static void
ready_to_rob(void)
{
	if (labyrinth_get(u.lab, held_lane(), held, u.frames) != 0)
		_exit(1);
	have = u.frames - 300;
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, &held[have], 300);
}

static void
call_rob(void)
{
	result = labyrinth_get(u.lab, held_lane(), &held[have], 4);
	have += result == 0 ? 4 : 0;
}

static void
ready_some(void)
{
	if (labyrinth_get(u.lab, held_lane(), held, 40) != 0)
		_exit(1);
	have = 40;
	labyrinth_put(u.lab, held_lane(), &held[have -= 20], 20);
}

static void
call_leave(void)
{
	labyrinth_lane_leave(u.lab, held_lane());
}

static void
call_hand_over(void)
{
	result = labyrinth_hand_over(u.lab, held_lane() + 1, (uint32_t)getpid(), held, 4);
}

/* Too many: what was there goes back. */
static void
call_get_too_many(void)
{
	void *more[301];

	if (labyrinth_get(u.lab, held_lane(), more, UNIT_ARRAY_LEN(more)) != -ENOENT)
		result = -EINVAL;
}

static void
call_put_no_frame(void)
{
	void *inside = (uint8_t *)held[0] + 8;

	labyrinth_put(u.lab, held_lane(), &inside, 1);
}

/* Overflown, it leaves circulation. */
static void
call_put_overflown(void)
{
	((uint8_t *)held[--have])[u.frame_len] ^= 1;
	labyrinth_put(u.lab, held_lane(), &held[have], 1);
}

static void
call_look(void)
{
	struct labyrinth_frame_info info;
	struct labyrinth_stats stats;
	const void *order[8];

	labyrinth_count(u.lab);
	labyrinth_stats(u.lab, &stats);
	labyrinth_frame_info(u.lab, 1, &info);
	labyrinth_peek_order(u.lab, held_lane(), order, 8);
	if (stats.available + stats.cached + stats.quarantined + stats.used != stats.frames)
		result = -EINVAL;
}

static bool
is_corpse(uint32_t pid, void *arg)
{
	(void)arg;
	return pid == ((uint32_t)corpse & ((1u << 22) - 1));
}

/* The others may be recovering, too. */
static bool
documented(int ret)
{
	return ret == 0 || ret == -EAGAIN || ret == -EBUSY;
}

static int
bury(void)
{
	struct labyrinth_recovery found = {0};
	int ret = labyrinth_recover(u.lab, CORPSE, &found);

	if (labyrinth_reclaim(u.lab, is_corpse, NULL, LABYRINTH_LANE_ANY, &found) != 0)
		return -ENOTSUP;
	return ret;
}

static void
call_recover(void)
{
	int ret = bury();

	result = documented(ret) ? 0 : ret;
}

static void
dies(const void *arg)
{
	(void)arg;
	labyrinth_process(CORPSE);
	have = unit_deed_prepare(&unit_deeds[5], u.lab, CORPSE_LANE, held);
	unit_stop_here();
	unit_deed_do(&unit_deeds[5], u.lab, CORPSE_LANE, held, &have);
	_exit(0);
}

/* Somebody has died in the middle of a call. */
static bool
prepare_corpse(void)
{
	uint32_t i;
	bool alive;

	corpse = unit_traced(dies, NULL);
	alive = corpse > 0;
	for (i = 0; i < 120 && alive; i++)
		alive = unit_step(corpse) == UNIT_STEPPED;
	if (alive)
		unit_kill_now(corpse);
	return alive;
}

static const struct unit_deed by_guest_get = {"a get of a thread without lane", 40, 30, 8, 0, 1};
static const struct unit_deed by_guest_put = {"a put of a thread without lane", 40, 30, 0, 8, 1};

static const struct act acts[] = {
	{"a get without a lane", &by_guest_get, true, NULL, NULL, NULL, 0, FRAMES, HIDDEN_MOST},
	{"a put without a lane", &by_guest_put, true, NULL, NULL, NULL, 0, FRAMES, HIDDEN_MOST},
	{"a get that takes another lane's rooms", NULL, false, NULL, ready_to_rob, call_rob, 0,
         FRAMES, FRAMES},
	{"a get of too many", NULL, false, NULL, ready_to_rob, call_get_too_many, 0, FRAMES,
         FRAMES},
	{"a lane is left", NULL, false, NULL, ready_some, call_leave, 0, FRAMES, HIDDEN_MOST},
	{"frames are handed over", NULL, false, NULL, ready_some, call_hand_over, LABYRINTH_F_SEAL,
         FRAMES, HELD_LANES},
	{"a put of what is no frame", NULL, false, NULL, ready_some, call_put_no_frame,
         LABYRINTH_F_SEAL, FEW, HELD_LANES},
	{"a put of a frame that overflowed", NULL, false, NULL, ready_some, call_put_overflown,
         LABYRINTH_F_CANARY, FEW, HELD_LANES},
	{"counting and telling", NULL, false, NULL, ready_some, call_look, 0, FEW, HELD_LANES},
	{"recovery", NULL, false, prepare_corpse, NULL, call_recover, LABYRINTH_F_SEAL, 2 * FEW,
         2 * HELD_LANES},
};

static void
is_held(const void *arg)
{
	const struct act *act = arg;
	uint32_t lane = act->without_lane ? LABYRINTH_LANE_ANY : held_lane();
	uint32_t before;
	bool good;

	labyrinth_process(held_process);
	have = 0;
	if (act->deed != NULL)
		have = unit_deed_prepare(act->deed, u.lab, lane, held);
	else if (act->ready != NULL)
		act->ready();
	before = have - (act->deed != NULL ? act->deed->put : 0);
	good = unit_mark(held, before, MARK);
	unit_stop_here();
	if (act->deed != NULL)
		result = unit_deed_do(act->deed, u.lab, lane, held, &have);
	else
		act->call();
	unit_stop_here();
	if (have > before)
		good = unit_mark(&held[before], have - before, MARK) && good;
	good = unit_unmark(held, have, MARK) && good;
	labyrinth_put(u.lab, lane, held, have);
	labyrinth_lane_leave(u.lab, held_lane());
	if (!good)
		_exit(2);
	_exit(result == 0 ? 0 : result == -ENOENT ? 3 : 4);
}

/* --- who holds it ------------------------------------------------------------- */

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

	for (i = 0; i < LANES; i++)
		labyrinth_lane_leave(u.lab, OTHERS * LANES + i);
	return others.wrong == NULL;
}

/* Nobody is in a call: is everything there? */
static bool
all_there(const struct act *act)
{
	others_leave();
	if (act->prepare == prepare_corpse && bury() != 0) {
		others.wrong = "what the dead held is not found";
		return false;
	}
	return unit_others_all_there(&others);
}

static bool
others_go(const struct act *act, bool back)
{
	alarm(WATCHDOG);
	/* Half of the times they leave the dead to the one that is held. */
	if (!back && act->prepare == prepare_corpse && !documented(bury()))
		others.wrong = "a recovery fails for a reason it does not document";
	stops++;
	return unit_others_go(&others, back);
}

/* Every instruction takes half an hour: by default only some are tried. */
static bool
everywhere(void)
{
	const char *all = getenv("STOP_EVERYWHERE");

	return all != NULL && all[0] == '1';
}

/*
 * Hold it at the instruction `first`, and at each `period`th from there on; 0: at that
 * alone. Tells how many instructions it took to the end of its call.
 */
static uint32_t
hold(const struct act *act, uint32_t first, uint32_t period, bool back)
{
	enum unit_step step = UNIT_ENDED;
	uint32_t holds = 0;
	pid_t pid = -1;
	uint32_t at;
	int status;

	/* Else what is left from the last call of the others runs through all steps. */
	alarm(WATCHDOG);
	if (others_leave() && (act->prepare == NULL || act->prepare()))
		pid = unit_traced(is_held, act);
	if (pid > 0)
		step = UNIT_STEPPED;
	for (at = 0; step == UNIT_STEPPED && holds < HOLDS_MOST; at++) {
		if (at == LONG && first == NEVER && !everywhere())
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

/* So that about so many fit into a call, and different ones in each loop of it. */
static uint32_t
stride_for(uint32_t instructions, uint32_t wanted)
{
	return everywhere() ? 1 : (instructions / wanted) | 1;
}

static bool
make(const struct config *config, const struct act *act)
{
	struct labyrinth_params params =
		unit_params(act->frames, config->flags | LABYRINTH_F_REPORT);

	params.lanes = PROCESSES * LANES;
	params.processes = PROCESSES;
	params.lane_frames = config->lane_frames;
	params.poison_len = 16;
	if (!unit_make(&u, &params, 1))
		return false;
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
check_act(const struct config *config, const struct act *act)
{
	uint32_t all, stride, at;
	uint64_t before = stops;

	if ((config->flags & act->flags) != act->flags || !make(config, act))
		return;
	/* What the dynamic linker does at a first call is not what is to be seen. */
	others_go(act, true);
	unit_others_put_back(&others);
	all = hold(act, NEVER, 0, true);
	stride = stride_for(all, all < LONG ? RUNS : 2);
	for (at = 0; at < all && others.wrong == NULL; at += stride)
		hold(act, at, 0, at / stride % 2 == 0);
	stride = all < LONG ? stride_for(all, HOLDS) + 6 : LONG_PERIOD;
	for (at = 0; at < (everywhere() ? stride : 1) && others.wrong == NULL; at++)
		hold(act, at, stride, at % 2 == 0);
	printf("\n    %s: %u instructions, held %lu times, %lu calls of the others", act->name, all,
	       (unsigned long)(stops - before), (unsigned long)others.calls);
	drop();
}

/* So many are held at once, each somewhere else, that all lanes of a process are taken. */
static void
check_crowd(const struct config *config)
{
	struct act act = {.name = "a crowd",
	                  .frames = (CROWD + 3) * HIDDEN_MOST,
	                  .hidden = CROWD * HIDDEN_MOST};
	pid_t pids[CROWD];
	uint32_t i, at;

	if (!make(config, &act))
		return;
	for (i = 0; i < CROWD; i++) {
		CU_ASSERT_TRUE_FATAL(unit_others_put_back(&others) && others_leave());
		held_process = config->lane_frames > 0 ? HELD + i : HELD;
		act.deed = &unit_deeds[1 + i % (unit_deeds_count - 1)];
		act.without_lane = i % 3 == 2;
		pids[i] = unit_traced(is_held, &act);
		CU_ASSERT_FATAL(pids[i] > 0);
		for (at = 0; at < 60 + i * 19 && unit_step(pids[i]) == UNIT_STEPPED; at++)
			;
		others_go(&act, i % 2 == 0);
	}
	held_process = HELD;
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
	struct act plain = {.frames = FRAMES, .hidden = HIDDEN_MOST};
	uint32_t i;

	for (i = 0; i < unit_deeds_count; i++) {
		plain.deed = &unit_deeds[i];
		plain.name = unit_deeds[i].name;
		check_act(config, &plain);
	}
	for (i = 0; i < UNIT_ARRAY_LEN(acts); i++)
		check_act(config, &acts[i]);
	check_crowd(config);
}

/* Whoever keeps a lane keeps it to itself; others have their own. */
static const uint32_t own_lanes[] = {OTHERS * LANES, LABYRINTH_LANE_ANY};
/* Where lanes are shared, somebody else may work by the lane of the one that is held. */
static const uint32_t all_lanes[] = {OTHERS * LANES, HELD *LANES, LABYRINTH_LANE_ANY};

static const struct config configs[] = {
	{0, 0, all_lanes, UNIT_ARRAY_LEN(all_lanes)},
	{LABYRINTH_F_SEAL, 384, own_lanes, UNIT_ARRAY_LEN(own_lanes)},
	{LABYRINTH_F_SEAL, 0, all_lanes, UNIT_ARRAY_LEN(all_lanes)},
	{LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE, 384,
         own_lanes, UNIT_ARRAY_LEN(own_lanes)},
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

int
main(void)
{
	CU_TestInfo tests[] = {
		{"fast", test_fast},
		{"guard", test_guard},
		{"guard, lanes shared", test_guard_shared},
		{"strict", test_strict},
		CU_TEST_INFO_NULL,
	};

	if (!unit_may_step())
		return UNIT_SKIPPED;
	signal(SIGALRM, watchdog);
	labyrinth_process(OTHERS);
	unit_share = true;
	return unit_main("stop", tests);
}
#endif

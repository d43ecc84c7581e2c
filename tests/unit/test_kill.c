/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A process is killed in the middle of a call, at one instruction a run: instructions
 * spread over all of it, with KILL_EVERYWHERE=1 every single one but in the longest
 * calls. What it held is found and given back, and no frame is lost or doubled.
 */

#include <errno.h>
#include <unistd.h>

#include "labyrinth_audit.h"
#include "labyrinth_recover.h"
#include "lane.h"
#include "roomless.h"
#include "unit_step.h"

enum {
	FRAMES = 1500,
	RUNS = 16,     /* of a call, by default */
	LONG_RUNS = 4, /* of a long one */
	PROCESSES = 3, /* the last of them are all that have no lanes of their own */
	LANES = 4,     /* of one process */
	WRITTEN = 64,  /* bytes of a frame that its owner writes */
};

/* Who is killed, and where. */
struct how {
	uint32_t process;
	uint32_t lane;
	uint32_t flags;
	uint32_t lane_frames;
	bool crowd;    /* every lane is occupied */
	bool roomless; /* there is no room for most frames */
};

static struct unit_lab u;
static void *held[FRAMES];
static struct how how;

static void
victim(const void *arg)
{
	const struct unit_call *call = arg;
	uint32_t have;
	uint32_t i;

	labyrinth_process(how.process);
	have = unit_call_prepare(call, u.lab, how.lane, held);
	/* As packets do: what a put fills is not what was there. */
	for (i = 0; i < have; i++)
		memset(held[i], 0x5c, WRITTEN);
	unit_stop_here();
	unit_call_make(call, u.lab, how.lane, held, &have);
	unit_stop_here();
	_exit(0);
}

/* Run the victim for so many instructions of its call, or all; kill it. Tells how many. */
static uint32_t
kill_after(const struct unit_call *call, uint32_t most)
{
	pid_t pid = unit_traced(victim, call);
	enum unit_step step = pid > 0 ? UNIT_STEPPED : UNIT_ENDED;
	uint32_t done = 0;

	while (step == UNIT_STEPPED && done < most) {
		step = unit_step(pid);
		done++;
	}
	CU_ASSERT_NOT_EQUAL(step, UNIT_ENDED);
	if (step != UNIT_ENDED)
		unit_kill_now(pid);
	return done;
}

static bool
gone(uint32_t pid, void *arg)
{
	(void)arg;
	return pid != ((uint32_t)getpid() & ((1u << 22) - 1));
}

/* Whatever the call was doing, no frame may seem to have been written to while it was free. */
static bool
none_written(void)
{
	struct labyrinth_finding finding;
	uint64_t state;
	uint32_t i;

	for (i = 0; i < FRAMES && !labyrinth_audit_content(u.lab, i, &finding, &state); i++)
		;
	return i == FRAMES;
}

/* Nothing may be missing after both steps of recovery, and nothing may be there twice. */
static bool
whole_again(void)
{
	struct labyrinth_recovery found = {0};
	bool good = none_written() && labyrinth_recover(u.lab, how.process, &found) == 0 &&
	            labyrinth_reclaim(u.lab, gone, NULL, LABYRINTH_LANE_ANY, &found) == 0 &&
	            labyrinth_count(u.lab) == FRAMES;

	good = good && unit_all_once(&u, LABYRINTH_LANE_ANY);
	if (good)
		labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, FRAMES);
	return good;
}

/* They have all rooms: all frames become roomless. */
static void
occupy_rooms(void)
{
	CU_ASSERT_TRUE(unit_all_once(&u, LABYRINTH_LANE_ANY));
	unit_hide_all_rooms(u.lab);
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, FRAMES);
	CU_ASSERT_EQUAL(lab_roomless_count(u.lab), FRAMES);
}

static void
check_kills(const struct unit_call *call)
{
	struct labyrinth_params params = unit_params(FRAMES, how.flags | LABYRINTH_F_REPORT);
	uint32_t all, stride, at;
	uint32_t kills = 0;
	bool good;

	params.lanes = PROCESSES * LANES;
	params.processes = PROCESSES;
	params.common = 1;
	params.lane_frames = how.lane_frames;
	params.poison_len = WRITTEN;
	params.sample = LABYRINTH_SAMPLE_LEAST;
	if (!unit_make(&u, &params, 1))
		return;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	if (how.crowd)
		unit_lanes_busy(u.lab, true);
	/* What the dynamic linker does at a first call is not what is to be seen. */
	CU_ASSERT_TRUE(unit_all_once(&u, LABYRINTH_LANE_ANY));
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, FRAMES);
	if (how.roomless)
		occupy_rooms();
	all = kill_after(call, UINT32_MAX);
	good = whole_again();
	stride = unit_everywhere("KILL_EVERYWHERE")
	                 ? call->stride
	                 : unit_stride(all, all < UNIT_LONG ? RUNS : LONG_RUNS);
	for (at = 0; at < all && good; at += stride) {
		kill_after(call, at);
		good = whole_again();
		kills++;
	}
	CU_ASSERT_TRUE(good);
	if (!good)
		fprintf(stderr, "%s: killed after %u of %u instructions: %u of %u frames\n",
		        call->name, at, all, labyrinth_count(u.lab), FRAMES);
	/* Not only before it begins. */
	CU_ASSERT_TRUE(kills >= 2);
	CU_ASSERT_EQUAL(unit_told, 0);
	printf("\n    %s: killed at %u of %u instructions", call->name, kills, all);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

static void
check_all(const struct how *this)
{
	uint32_t i;

	how = *this;
	for (i = 0; i < unit_calls_count; i++)
		check_kills(&unit_calls[i]);
}

static void
test_kept(void)
{
	check_all(&(const struct how){
		.process = 1, .lane = LANES, .flags = LABYRINTH_F_SEAL, .lane_frames = 384});
}

static void
test_shared(void)
{
	check_all(&(const struct how){.process = 1, .lane = LANES, .flags = LABYRINTH_F_SEAL});
}

static void
test_strict(void)
{
	check_all(&(const struct how){
		.process = 1,
		.lane = LANES,
		.flags = LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON |
	                 LABYRINTH_F_RANDOM_REUSE,
		.lane_frames = 384,
	});
}

static void
test_watched(void)
{
	check_all(&(const struct how){.process = 1,
	                              .lane = LANES,
	                              .flags = LABYRINTH_F_SEAL | LABYRINTH_F_SAMPLE,
	                              .lane_frames = 384});
	check_all(&(const struct how){
		.process = 1, .lane = LANES, .flags = LABYRINTH_F_SEAL | LABYRINTH_F_SAMPLE});
}

/* The only free frames are those that the lane has put itself. */
static const struct unit_call last_frames = {"a get of what the lane put", FRAMES, 10, 4, 0, 1};

static void
test_fifo(void)
{
	check_all(&(const struct how){
		.process = 1, .lane = LANES, .flags = LABYRINTH_F_SEAL | LABYRINTH_F_FIFO_REUSE});
	check_kills(&last_frames);
	how.process = 9;
	how.lane = LABYRINTH_LANE_ANY;
	check_kills(&last_frames);
	how.crowd = true;
	check_kills(&last_frames);
}

static void
test_guest(void)
{
	check_all(&(const struct how){
		.process = 9, .lane = LABYRINTH_LANE_ANY, .flags = LABYRINTH_F_SEAL});
}

static void
test_on_stack(void)
{
	check_all(&(const struct how){.process = 9,
	                              .lane = LABYRINTH_LANE_ANY,
	                              .flags = LABYRINTH_F_SEAL,
	                              .crowd = true});
}

static void
test_roomless_strict(void)
{
	check_all(&(const struct how){.process = 1,
	                              .lane = LANES,
	                              .flags = LABYRINTH_F_SEAL | LABYRINTH_F_POISON,
	                              .roomless = true});
}

static void
test_roomless(void)
{
	check_all(&(const struct how){
		.process = 1, .lane = LANES, .flags = LABYRINTH_F_SEAL, .roomless = true});
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"in a lane that is kept", test_kept},
		{"in a lane that is shared", test_shared},
		{"with strict", test_strict},
		{"first in, first out", test_fifo},
		{"with watched frames", test_watched},
		{"in a lane that many use", test_guest},
		{"from a stack", test_on_stack},
		{"with roomless frames", test_roomless},
		{"with roomless frames and poison", test_roomless_strict},
		CU_TEST_INFO_NULL,
	};

	if (!unit_may_step())
		return UNIT_SKIPPED;
	unit_share = true;
	return unit_main("kill", tests);
}

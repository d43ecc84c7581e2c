/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A process is killed at every single instruction of a call, one instruction a
 * run. What it held is found and given back, and no frame is lost or doubled.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "depot.h"
#include "labyrinth_recover.h"
#include "lane.h"
#include "stray.h"
#include "unit.h"

#if UNIT_TSAN || UNIT_ASAN
/* Stepped through, a process takes for ever with what sanitizers add to it. */
int
main(void)
{
	return UNIT_SKIPPED;
}
#else

enum {
	FRAMES = 1500,
	PROCESSES = 3, /* the last of them are all that have no lanes of their own */
	LANES = 4,     /* of one process */
	MOST = 600,
};

/* Who is killed, and where. */
struct how {
	uint32_t process;
	uint32_t lane;
	uint32_t flags;
	uint32_t lane_frames;
	bool crowd;  /* every lane is occupied */
	bool astray; /* there is no room for most frames */
};

static struct unit_lab u;
static void *held[FRAMES];
static struct how how;

/* What the victim does: first its preparation, then the call to be killed in. */
struct deed {
	const char *name;
	uint32_t prepare_get;
	uint32_t prepare_put;
	uint32_t get;
	uint32_t put;
	uint32_t stride; /* instructions from one run to the next */
};

static const struct deed deeds[] = {
	{"the first get of all", 0, 0, 4, 0, 1},
	{"a get of one frame", 10, 5, 1, 0, 1},
	{"a put of one frame", 10, 5, 0, 1, 1},
	{"a get of some", 40, 30, 8, 0, 1},
	{"a put of some", 40, 30, 0, 8, 1},
	{"a get that takes another room", 254, 0, 4, 0, 1},
	{"a put that fills a room", 520, 254, 0, 4, 1},
	{"a put that spills", 520, 382, 0, 4, 1},
	{"a get of several rooms", 5, 0, MOST, 0, 331},
	{"a put of several rooms", MOST, 0, 0, MOST, 331},
};

static void
stop_here(void)
{
	raise(SIGSTOP);
}

static void
victim(const struct deed *deed)
{
	uint32_t have;

	labyrinth_process(how.process);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	if (deed->prepare_get > 0 && labyrinth_get(u.lab, how.lane, held, deed->prepare_get) != 0)
		_exit(1);
	have = deed->prepare_get - deed->prepare_put;
	if (deed->prepare_put > 0)
		labyrinth_put(u.lab, how.lane, &held[have], deed->prepare_put);
	stop_here();
	if (deed->get > 0 && labyrinth_get(u.lab, how.lane, &held[have], deed->get) != 0)
		_exit(1);
	if (deed->put > 0)
		labyrinth_put(u.lab, how.lane, &held[have - deed->put], deed->put);
	_exit(0);
}

/* One step of the victim; false when it has ended. */
static bool
step(pid_t pid)
{
	int status;

	return ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == 0 && waitpid(pid, &status, 0) == pid &&
	       WIFSTOPPED(status);
}

/* Run the victim for so many instructions of its call, then kill it. False: it ended first. */
static bool
kill_after(const struct deed *deed, uint32_t instructions)
{
	pid_t pid = fork();
	bool alive;
	int status;

	if (pid == 0)
		victim(deed);
	alive = pid > 0 && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status);
	CU_ASSERT_TRUE(alive);
	while (alive && instructions-- > 0)
		alive = step(pid);
	if (alive) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	return alive;
}

static bool
gone(uint32_t pid, void *arg)
{
	(void)arg;
	return pid != ((uint32_t)getpid() & ((1u << 22) - 1));
}

/* Nothing may be missing after both steps of recovery, and nothing may be there twice. */
static bool
whole_again(void)
{
	struct labyrinth_recovery found = {0};
	bool good = labyrinth_recover(u.lab, how.process, &found) == 0 &&
	            labyrinth_reclaim(u.lab, gone, NULL, LABYRINTH_LANE_ANY, &found) == 0 &&
	            labyrinth_count(u.lab) == FRAMES;

	good = good && unit_all_once(&u, LABYRINTH_LANE_ANY);
	if (good)
		labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, FRAMES);
	return good;
}

/* Every instruction takes minutes: by default only some are tried. */
static uint32_t
unit_stride(void)
{
	const char *all = getenv("KILL_EVERYWHERE");

	return all != NULL && all[0] == '1' ? 1 : 211;
}

/* Other threads are stopped in mid-call: they are in all lanes. */
static void
occupy_lanes(void)
{
	uint32_t i;

	for (i = 0; i < u.lab->lane_count; i++)
		u.lab->lanes[i].slot |= LAB_BUSY;
}

/* They have all rooms: all frames go astray. */
static void
occupy_rooms(void)
{
	uint32_t i;

	CU_ASSERT_TRUE(unit_all_once(&u, LABYRINTH_LANE_ANY));
	while (lab_depot_pop(u.lab, &u.lab->empty, NULL) != LAB_NO_ROOM)
		;
	for (i = 0; i < u.lab->lane_count; i++)
		u.lab->lanes[i].slot &= ~LAB_SLOT_ROOMS;
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, FRAMES);
	CU_ASSERT_EQUAL(lab_strays(u.lab), FRAMES);
}

static void
check_kills(const struct deed *deed)
{
	struct labyrinth_params params = unit_params(FRAMES, how.flags | LABYRINTH_F_REPORT);
	uint32_t stride = deed->stride * unit_stride();
	uint32_t at;

	params.lanes = PROCESSES * LANES;
	params.processes = PROCESSES;
	params.common = 1;
	params.lane_frames = how.lane_frames;
	params.poison_len = 64;
	if (!unit_make(&u, &params, 1))
		return;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	if (how.crowd)
		occupy_lanes();
	/* What the dynamic linker does at a first call is not what is to be seen. */
	CU_ASSERT_TRUE(unit_all_once(&u, LABYRINTH_LANE_ANY));
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, u.got, FRAMES);
	if (how.astray)
		occupy_rooms();
	for (at = 0; kill_after(deed, at); at += stride) {
		bool good = whole_again();

		CU_ASSERT_TRUE(good);
		if (!good) {
			fprintf(stderr, "%s: killed after %u instructions: %u of %u frames\n",
			        deed->name, at, labyrinth_count(u.lab), FRAMES);
			break;
		}
	}
	/* It was killed in the middle, and not only before. */
	CU_ASSERT_TRUE(at >= stride);
	CU_ASSERT_EQUAL(unit_told, 0);
	printf("\n    %s: killed at %u of its instructions", deed->name, at / stride);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

static void
check_all(const struct how *this)
{
	size_t i;

	how = *this;
	for (i = 0; i < UNIT_ARRAY_LEN(deeds); i++) {
		/* Places for strays are tried one by one: many frames take millions of steps. */
		if (!how.astray || deeds[i].stride == 1)
			check_kills(&deeds[i]);
	}
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
test_guest(void)
{
	check_all(&(const struct how){
		.process = 9, .lane = LABYRINTH_LANE_ANY, .flags = LABYRINTH_F_SEAL});
}

static void
test_apart(void)
{
	check_all(&(const struct how){.process = 9,
	                              .lane = LABYRINTH_LANE_ANY,
	                              .flags = LABYRINTH_F_SEAL,
	                              .crowd = true});
}

static void
test_astray(void)
{
	check_all(&(const struct how){
		.process = 1, .lane = LANES, .flags = LABYRINTH_F_SEAL, .astray = true});
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"in a lane that is kept", test_kept},
		{"in a lane that is shared", test_shared},
		{"with strict", test_strict},
		{"in a lane that many use", test_guest},
		{"from a stack", test_apart},
		{"with frames that have gone astray", test_astray},
		CU_TEST_INFO_NULL,
	};

	unit_share = true;
	return unit_main("kill", tests);
}
#endif

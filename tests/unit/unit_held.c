/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <unistd.h>

#include "labyrinth_inspect.h"
#include "labyrinth_recover.h"
#include "unit_held.h"
#include "unit_others.h"

#define MARK        2 /* of frames that the held process owns */
#define CORPSE_LANE (HELD_CORPSE * HELD_LANES)

static const struct unit_lab *lab;
static uint32_t process;
static pid_t corpse;
static void *held[HELD_FRAMES];
static uint32_t have;
static int result;

void
unit_held_is(const struct unit_lab *in, uint32_t number)
{
	lab = in;
	process = number;
}

static uint32_t
held_lane(void)
{
	return process * HELD_LANES;
}

/* All free frames are in a guest lane: a get has to take them from there. */
static void
ready_to_steal(void)
{
	if (labyrinth_get(lab->lab, held_lane(), held, lab->frames) != 0)
		_exit(1);
	have = lab->frames - 300;
	labyrinth_put(lab->lab, LABYRINTH_LANE_ANY, &held[have], 300);
}

static void
call_steal(void)
{
	result = labyrinth_get(lab->lab, held_lane(), &held[have], 4);
	have += result == 0 ? 4 : 0;
}

static void
ready_some(void)
{
	if (labyrinth_get(lab->lab, held_lane(), held, 40) != 0)
		_exit(1);
	have = 40;
	labyrinth_put(lab->lab, held_lane(), &held[have -= 20], 20);
}

static void
call_leave(void)
{
	labyrinth_lane_leave(lab->lab, held_lane());
}

static void
call_hand_over(void)
{
	result = labyrinth_hand_over(lab->lab, held_lane() + 1, (uint32_t)getpid(), held, 4);
}

/* Too many: what was there goes back. */
static void
call_get_too_many(void)
{
	void *more[301];

	if (labyrinth_get(lab->lab, held_lane(), more, UNIT_ARRAY_LEN(more)) != -ENOENT)
		result = -EINVAL;
}

static void
call_put_no_frame(void)
{
	void *inside = (uint8_t *)held[0] + 8;

	labyrinth_put(lab->lab, held_lane(), &inside, 1);
}

/* Overflown, it leaves circulation. */
static void
call_put_overflown(void)
{
	((uint8_t *)held[--have])[lab->frame_len] ^= 1;
	labyrinth_put(lab->lab, held_lane(), &held[have], 1);
}

static void
call_look(void)
{
	struct labyrinth_frame_info info;
	struct labyrinth_stats stats;
	const void *order[8];

	labyrinth_count(lab->lab);
	labyrinth_stats(lab->lab, &stats);
	labyrinth_frame_info(lab->lab, 1, &info);
	labyrinth_peek_order(lab->lab, held_lane(), order, 8);
	if (stats.available + stats.cached + stats.quarantined + stats.used != stats.frames)
		result = -EINVAL;
}

static bool
is_corpse(uint32_t pid, void *arg)
{
	(void)arg;
	return pid == ((uint32_t)corpse & ((1u << 22) - 1));
}

bool
unit_documented(int ret)
{
	return ret == 0 || ret == -EAGAIN || ret == -EBUSY;
}

int
unit_bury(void)
{
	struct labyrinth_recovery found = {0};
	int ret = labyrinth_recover(lab->lab, HELD_CORPSE, &found);

	if (labyrinth_reclaim(lab->lab, is_corpse, NULL, LABYRINTH_LANE_ANY, &found) != 0)
		return -ENOTSUP;
	return ret;
}

static void
call_recover(void)
{
	int ret = unit_bury();

	result = unit_documented(ret) ? 0 : ret;
}

static void
dies(const void *arg)
{
	(void)arg;
	labyrinth_process(HELD_CORPSE);
	have = unit_call_prepare(&unit_calls[5], lab->lab, CORPSE_LANE, held);
	unit_stop_here();
	unit_call_make(&unit_calls[5], lab->lab, CORPSE_LANE, held, &have);
	_exit(0);
}

bool
unit_corpse_make(void)
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

static const struct unit_call by_guest_get = {"a get of a thread without lane", 40, 30, 8, 0, 1};
static const struct unit_call by_guest_put = {"a put of a thread without lane", 40, 30, 0, 8, 1};

const struct unit_act unit_acts[] = {
	{"a get without a lane", &by_guest_get, true, false, NULL, NULL, 0, HELD_FRAMES,
         HELD_OF_CALL},
	{"a put without a lane", &by_guest_put, true, false, NULL, NULL, 0, HELD_FRAMES,
         HELD_OF_CALL},
	{"a get that takes another lane's rooms", NULL, false, false, ready_to_steal, call_steal, 0,
         HELD_FRAMES, HELD_FRAMES},
	{"a get of too many", NULL, false, false, ready_to_steal, call_get_too_many, 0, HELD_FRAMES,
         HELD_FRAMES},
	{"a lane is left", NULL, false, false, ready_some, call_leave, 0, HELD_FRAMES,
         HELD_OF_CALL},
	{"frames are handed over", NULL, false, false, ready_some, call_hand_over, LABYRINTH_F_SEAL,
         HELD_FRAMES, HELD_OF_LANES},
	{"a put of what is no frame", NULL, false, false, ready_some, call_put_no_frame,
         LABYRINTH_F_SEAL, HELD_FEW, HELD_OF_LANES},
	{"a put of a frame that overflowed", NULL, false, false, ready_some, call_put_overflown,
         LABYRINTH_F_CANARY, HELD_FEW, HELD_OF_LANES},
	{"counting and telling", NULL, false, false, ready_some, call_look, 0, HELD_FEW,
         HELD_OF_LANES},
	{"recovery", NULL, false, true, NULL, call_recover, LABYRINTH_F_SEAL, 2 * HELD_FEW,
         2 * HELD_OF_LANES},
};
const uint32_t unit_acts_count = UNIT_ARRAY_LEN(unit_acts);

void
unit_held(const void *arg)
{
	const struct unit_act *act = arg;
	uint32_t lane = act->without_lane ? LABYRINTH_LANE_ANY : held_lane();
	uint32_t before;
	bool good;

	labyrinth_process(process);
	have = 0;
	if (act->exchange != NULL)
		have = unit_call_prepare(act->exchange, lab->lab, lane, held);
	else if (act->ready != NULL)
		act->ready();
	before = have - (act->exchange != NULL ? act->exchange->put : 0);
	good = unit_mark(held, before, MARK);
	unit_stop_here();
	if (act->exchange != NULL)
		result = unit_call_make(act->exchange, lab->lab, lane, held, &have);
	else
		act->call();
	unit_stop_here();
	if (have > before)
		good = unit_mark(&held[before], have - before, MARK) && good;
	good = unit_unmark(held, have, MARK) && good;
	labyrinth_put(lab->lab, lane, held, have);
	labyrinth_lane_leave(lab->lab, held_lane());
	if (!good)
		_exit(2);
	_exit(result == 0 ? 0 : result == -ENOENT ? 3 : 4);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <unistd.h>

#include "unit_recover.h"

bool
unit_recover_make(struct unit_lab *u, uint32_t flags, uint32_t lane_frames, bool common)
{
	struct labyrinth_params params = unit_params(RECOVER_FRAMES, flags);

	params.processes = common ? 3 : 2;
	params.common = common;
	params.lanes = params.processes * RECOVER_LANES;
	params.lane_frames = lane_frames;
	labyrinth_process(ALIVE);
	return unit_make(u, &params, 1);
}

bool
unit_gone(uint32_t pid, void *arg)
{
	(void)arg;
	return pid == ((uint32_t)getpid() & ((1u << 22) - 1));
}

bool
unit_not_gone(uint32_t pid, void *arg)
{
	return !unit_gone(pid, arg);
}

void
unit_dead_gets(struct unit_lab *u, uint32_t get, uint32_t put)
{
	labyrinth_process(DEAD);
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u->lab, DEAD_LANE, u->got, get), 0);
	labyrinth_put(u->lab, DEAD_LANE, u->got, put);
	labyrinth_process(ALIVE);
}

void
unit_recover_whole(struct unit_lab *u)
{
	CU_ASSERT_EQUAL(labyrinth_count(u->lab), RECOVER_FRAMES);
	CU_ASSERT_TRUE(unit_all_once(u, LABYRINTH_LANE_ANY));
	labyrinth_put(u->lab, LABYRINTH_LANE_ANY, u->got, RECOVER_FRAMES);
}

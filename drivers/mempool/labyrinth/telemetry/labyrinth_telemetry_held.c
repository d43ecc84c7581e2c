/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Telemetry: who owns the frames of a pool, and which were held longest. Frames
 * that nobody means to give back stand on top of that list.
 */

#include <errno.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "labyrinth_held.h"
#include "labyrinth_inspect.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_symbol.h"
#include "labyrinth_telemetry.h"

#define FRAMES_DEFAULT 16
#define FRAMES_MOST    64
#define NS_PER_MS      1000000

struct held {
	struct labyrinth_held sum; /* whatever the place */
	uint32_t most;             /* frames to tell of */
	uint32_t n;
	struct labyrinth_held_frame frame[FRAMES_MOST]; /* oldest first */
};

static void
frame_rank(struct held *held, const struct labyrinth_held_frame *one)
{
	uint32_t i = held->n;

	if (i == held->most) {
		if (i == 0 || held->frame[i - 1].by.age >= one->by.age)
			return;
		i--;
	} else {
		held->n++;
	}
	for (; i > 0 && held->frame[i - 1].by.age < one->by.age; i--)
		held->frame[i] = held->frame[i - 1];
	held->frame[i] = *one;
}

static void
held_find(const labyrinth_t *lab, uint32_t frames, struct held *held)
{
	struct labyrinth_held_frame one = {.site = NULL};
	uint32_t i;

	for (i = 0; i < frames; i++) {
		if (labyrinth_frame_owner(lab, i, &one.by) != 0)
			continue;
		one.frame = labyrinth_frame(lab, i);
		held->sum.frames++;
		labyrinth_held_count(&held->sum, &one);
		frame_rank(held, &one);
	}
}

static int
add_owners(struct rte_tel_data *data, const struct held *held)
{
	uint64_t pids[LABYRINTH_HELD_GROUPS];
	uint64_t frames[LABYRINTH_HELD_GROUPS];
	uint64_t oldest[LABYRINTH_HELD_GROUPS];
	int lcores[LABYRINTH_HELD_GROUPS];
	uint32_t i;
	int ret;

	for (i = 0; i < held->sum.groups; i++) {
		lcores[i] = (int)labyrinth_lane_lcore(held->sum.group[i].lane);
		pids[i] = held->sum.group[i].pid;
		frames[i] = held->sum.group[i].frames;
		oldest[i] = held->sum.group[i].oldest / NS_PER_MS;
	}
	ret = labyrinth_tel_ints(data, "owner_lcore", lcores, held->sum.groups);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "owner_pid", pids, held->sum.groups);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "owner_frames", frames, held->sum.groups);
	return ret != 0 ? ret
	                : labyrinth_tel_uints(data, "owner_oldest_ms", oldest, held->sum.groups);
}

/* The places in the program that got the frames; noted only with the trace option. */
static int
add_sites(struct rte_tel_data *data, const labyrinth_t *lab, const struct held *held)
{
	struct rte_tel_data *sites = rte_tel_data_alloc();
	struct labyrinth_move move;
	uint32_t i;

	if (sites == NULL)
		return -ENOMEM;
	rte_tel_data_start_array(sites, RTE_TEL_STRING_VAL);
	for (i = 0; i < held->n; i++) {
		char site[LABYRINTH_PLACE_LEN] = "";

		if (labyrinth_moves(lab, held->frame[i].frame, &move, 1) == 1 && !move.put)
			labyrinth_tel_place(move.site, move.caller, site, sizeof(site));
		rte_tel_data_add_array_string(sites, site);
	}
	return labyrinth_tel_add(data, "site", sites);
}

static int
add_frames(struct rte_tel_data *data, const labyrinth_t *lab, const struct held *held, bool traced)
{
	uint64_t addresses[FRAMES_MOST];
	uint64_t pids[FRAMES_MOST];
	uint64_t ages[FRAMES_MOST];
	int lcores[FRAMES_MOST];
	uint32_t i;
	int ret;

	for (i = 0; i < held->n; i++) {
		const struct labyrinth_mover *by = &held->frame[i].by;

		addresses[i] = (uintptr_t)held->frame[i].frame;
		lcores[i] = (int)labyrinth_lane_lcore(by->lane);
		pids[i] = by->pid;
		ages[i] = by->age / NS_PER_MS;
	}
	ret = labyrinth_tel_uints(data, "address", addresses, held->n);
	ret = ret != 0 ? ret : labyrinth_tel_ints(data, "lcore", lcores, held->n);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "pid", pids, held->n);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "age_ms", ages, held->n);
	return ret != 0 || !traced ? ret : add_sites(data, lab, held);
}

static int
tell_held(struct rte_mempool *mp, uint32_t most, struct rte_tel_data *data)
{
	const struct labyrinth_options *options = &labyrinth_pool_of(mp)->options;
	const labyrinth_t *lab = labyrinth_of(mp);
	struct held *held = calloc(1, sizeof(*held));
	int ret;

	if (held == NULL)
		return -ENOMEM;
	held->most = RTE_MIN(most, (uint32_t)FRAMES_MOST);
	if (options->seal)
		held_find(lab, mp->populated_size, held);
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_string(data, "name", mp->name);
	rte_tel_data_add_dict_int(data, "known", options->seal);
	rte_tel_data_add_dict_uint(data, "owned", held->sum.frames);
	rte_tel_data_add_dict_uint(data, "unlisted", held->sum.unlisted);
	ret = add_owners(data, held);
	if (ret == 0)
		ret = add_frames(data, lab, held, options->trace > 0);
	free(held);
	return ret;
}

int
labyrinth_tel_held(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	return labyrinth_tel_answer(params, tell_held, false, FRAMES_DEFAULT, data);
}

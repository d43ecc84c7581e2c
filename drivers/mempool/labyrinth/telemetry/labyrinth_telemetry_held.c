/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Telemetry: who owns the frames of a pool, got where, and which were held longest.
 * Frames that nobody means to give back stand on top of that list.
 */

#include <errno.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "labyrinth_held.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_symbol.h"
#include "labyrinth_telemetry.h"

#define FRAMES_DEFAULT 16
#define NS_PER_MS      1000000
/*
 * With numbers as long as they get and places of so many bytes, all that is told of
 * this many frames and groups fits in an answer.
 */
#define FRAMES_MOST 64
#define GROUPS_MOST 48
#define PLACE_LEN   96

struct held {
	struct labyrinth_held sum;
	uint32_t most; /* frames to tell of */
	uint32_t n;
	struct labyrinth_held_frame frame[FRAMES_MOST]; /* oldest first */
};

static void
frame_rank(const struct labyrinth_held_frame *one, void *arg)
{
	struct held *held = arg;
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
add_place(struct rte_tel_data *places, const void *site, uint32_t pid)
{
	char whole[LABYRINTH_PLACE_LEN];
	char text[PLACE_LEN];

	(void)labyrinth_held_place(site, pid, whole, sizeof(whole));
	labyrinth_tel_cut(whole, text, sizeof(text));
	rte_tel_data_add_array_string(places, text);
}

static int
add_group_sites(struct rte_tel_data *data, const struct held *held, uint32_t n)
{
	struct rte_tel_data *places = rte_tel_data_alloc();
	uint32_t i;

	if (places == NULL)
		return -ENOMEM;
	rte_tel_data_start_array(places, RTE_TEL_STRING_VAL);
	for (i = 0; i < n; i++)
		add_place(places, held->sum.group[i].site, held->sum.group[i].pid);
	return labyrinth_tel_add(data, "owner_site", places);
}

static int
add_groups(struct rte_tel_data *data, const struct held *held, bool traced)
{
	uint32_t n = RTE_MIN(held->sum.groups, (uint32_t)GROUPS_MOST);
	uint64_t pids[GROUPS_MOST];
	uint64_t frames[GROUPS_MOST];
	uint64_t oldest[GROUPS_MOST];
	int lcores[GROUPS_MOST];
	uint32_t i;
	int ret;

	for (i = 0; i < n; i++) {
		lcores[i] = (int)labyrinth_lane_lcore(held->sum.group[i].lane);
		pids[i] = held->sum.group[i].pid;
		frames[i] = held->sum.group[i].frames;
		oldest[i] = held->sum.group[i].oldest / NS_PER_MS;
	}
	rte_tel_data_add_dict_uint(data, "unlisted", labyrinth_held_others(&held->sum, n));
	ret = labyrinth_tel_ints(data, "owner_lcore", lcores, n);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "owner_pid", pids, n);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "owner_frames", frames, n);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "owner_oldest_ms", oldest, n);
	return ret != 0 || !traced ? ret : add_group_sites(data, held, n);
}

/* The places in the program that got the frames; noted only with the trace option. */
static int
add_frame_sites(struct rte_tel_data *data, const struct held *held)
{
	struct rte_tel_data *places = rte_tel_data_alloc();
	uint32_t i;

	if (places == NULL)
		return -ENOMEM;
	rte_tel_data_start_array(places, RTE_TEL_STRING_VAL);
	for (i = 0; i < held->n; i++)
		add_place(places, held->frame[i].site, held->frame[i].by.pid);
	return labyrinth_tel_add(data, "site", places);
}

static int
add_frames(struct rte_tel_data *data, const struct held *held, bool traced)
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
	return ret != 0 || !traced ? ret : add_frame_sites(data, held);
}

static int
tell_held(struct rte_mempool *mp, uint32_t most, struct rte_tel_data *data)
{
	const struct labyrinth_options *options = &labyrinth_pool_of(mp)->options;
	struct held *held = calloc(1, sizeof(*held));
	bool traced = options->trace > 0;
	int ret;

	if (held == NULL)
		return -ENOMEM;
	held->most = RTE_MIN(most, (uint32_t)FRAMES_MOST);
	labyrinth_held_find(mp, &held->sum, frame_rank, held);
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_string(data, "name", mp->name);
	rte_tel_data_add_dict_int(data, "known", options->seal);
	rte_tel_data_add_dict_uint(data, "owned", held->sum.frames);
	ret = add_groups(data, held, traced);
	if (ret == 0)
		ret = add_frames(data, held, traced);
	free(held);
	return ret;
}

int
labyrinth_tel_held(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	return labyrinth_tel_answer(params, tell_held, false, FRAMES_DEFAULT, data);
}

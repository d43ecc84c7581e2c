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

#include "labyrinth_inspect.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_symbol.h"
#include "labyrinth_telemetry.h"

#define FRAMES_DEFAULT 16
#define FRAMES_MOST    64
#define OWNERS_MOST    48
#define NS_PER_MS      1000000

struct held_frame {
	const void *frame;
	struct labyrinth_deed by;
};

struct owner {
	uint32_t lane;
	uint32_t pid;
	uint32_t frames;
	uint64_t oldest;
};

struct held {
	uint32_t frames_owned;
	uint32_t most; /* frames to tell of */
	uint32_t n;
	uint32_t owners;
	uint32_t unlisted;                    /* frames of owners beyond the list */
	struct held_frame frame[FRAMES_MOST]; /* oldest first */
	struct owner owner[OWNERS_MOST];
};

static void
owner_count(struct held *held, const struct labyrinth_deed *by)
{
	struct owner *owner = held->owner;
	uint32_t i;

	for (i = 0; i < held->owners; i++, owner++)
		if (owner->lane == by->lane && owner->pid == by->pid)
			break;
	if (i == OWNERS_MOST) {
		held->unlisted++;
		return;
	}
	if (i == held->owners) {
		*owner = (struct owner){.lane = by->lane, .pid = by->pid};
		held->owners++;
	}
	owner->frames++;
	owner->oldest = RTE_MAX(owner->oldest, by->age);
}

static void
frame_rank(struct held *held, const void *frame, const struct labyrinth_deed *by)
{
	uint32_t i = held->n;

	if (i == held->most) {
		if (i == 0 || held->frame[i - 1].by.age >= by->age)
			return;
		i--;
	} else {
		held->n++;
	}
	for (; i > 0 && held->frame[i - 1].by.age < by->age; i--)
		held->frame[i] = held->frame[i - 1];
	held->frame[i] = (struct held_frame){frame, *by};
}

static void
held_find(const labyrinth_t *lab, uint32_t frames, struct held *held)
{
	struct labyrinth_deed by;
	uint32_t i;

	for (i = 0; i < frames; i++) {
		if (labyrinth_frame_owner(lab, i, &by) != 0)
			continue;
		held->frames_owned++;
		owner_count(held, &by);
		frame_rank(held, labyrinth_frame(lab, i), &by);
	}
}

static int
add_owners(struct rte_tel_data *data, const struct held *held)
{
	uint64_t pids[OWNERS_MOST];
	uint64_t frames[OWNERS_MOST];
	uint64_t oldest[OWNERS_MOST];
	int lcores[OWNERS_MOST];
	uint32_t i;
	int ret;

	for (i = 0; i < held->owners; i++) {
		lcores[i] = (int)labyrinth_lane_lcore(held->owner[i].lane);
		pids[i] = held->owner[i].pid;
		frames[i] = held->owner[i].frames;
		oldest[i] = held->owner[i].oldest / NS_PER_MS;
	}
	ret = labyrinth_tel_ints(data, "owner_lcore", lcores, held->owners);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "owner_pid", pids, held->owners);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "owner_frames", frames, held->owners);
	return ret != 0 ? ret : labyrinth_tel_uints(data, "owner_oldest_ms", oldest, held->owners);
}

/* The places in the program that got the frames; noted only with the trace option. */
static int
add_sites(struct rte_tel_data *data, const labyrinth_t *lab, const struct held *held)
{
	struct rte_tel_data *sites = rte_tel_data_alloc();
	struct labyrinth_move move;
	uint32_t i;
	int ret;

	if (sites == NULL)
		return -ENOMEM;
	rte_tel_data_start_array(sites, RTE_TEL_STRING_VAL);
	for (i = 0; i < held->n; i++) {
		char site[LABYRINTH_PLACE_LEN] = "";

		if (labyrinth_moves(lab, held->frame[i].frame, &move, 1) == 1 && !move.put)
			labyrinth_tel_place(move.site, move.caller, site, sizeof(site));
		rte_tel_data_add_array_string(sites, site);
	}
	ret = rte_tel_data_add_dict_container(data, "site", sites, 0);
	if (ret != 0)
		rte_tel_data_free(sites);
	return ret;
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
		const struct labyrinth_deed *by = &held->frame[i].by;

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
	rte_tel_data_add_dict_uint(data, "owned", held->frames_owned);
	rte_tel_data_add_dict_uint(data, "unlisted", held->unlisted);
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

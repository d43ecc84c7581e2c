/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What rte_telemetry clients may ask: /labyrinth/...
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mempool.h>
#include <rte_string_fns.h>
#include <rte_telemetry.h>

#include "labyrinth_copies.h"
#include "labyrinth_inspect.h"
#include "labyrinth_pool.h"
#include "labyrinth_report.h"
#include "labyrinth_telemetry.h"

/* Lanes of a piece: at most 240 bytes each. */
#define LANES_MOST 48

/* --- what a pool is and has done ------------------------------------------------ */

static void
list_one(struct rte_mempool *mp, void *data)
{
	if (rte_labyrinth_is(mp))
		rte_tel_data_add_array_string(data, mp->name);
}

static int
handle_list(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	rte_tel_data_start_array(data, RTE_TEL_STRING_VAL);
	rte_mempool_walk(list_one, data);
	return 0;
}

static void
add_info(struct rte_tel_data *data, const struct rte_labyrinth_info *info)
{
	bool maze = info->backing == RTE_LABYRINTH_BACKING_MAZE;

	rte_tel_data_add_dict_string(data, "backing", maze ? "maze" : "eal");
	rte_tel_data_add_dict_string(data, "profile", info->profile);
	rte_tel_data_add_dict_uint(data, "page_size", info->page_size);
	rte_tel_data_add_dict_uint(data, "pages", info->pages);
	rte_tel_data_add_dict_uint(data, "halls", info->halls);
	rte_tel_data_add_dict_uint(data, "chunks", info->chunks);
	rte_tel_data_add_dict_uint(data, "window_len", info->window_len);
	rte_tel_data_add_dict_uint(data, "frame_stride", info->frame_stride);
	rte_tel_data_add_dict_uint(data, "lanes", info->lanes);
	rte_tel_data_add_dict_uint(data, "footprint", info->footprint);
}

static void
add_stats(struct rte_tel_data *data, const struct labyrinth_stats *stats)
{
	rte_tel_data_add_dict_uint(data, "size", stats->frames);
	rte_tel_data_add_dict_uint(data, "available", stats->available);
	rte_tel_data_add_dict_uint(data, "cached", stats->cached);
	rte_tel_data_add_dict_uint(data, "quarantined", stats->quarantined);
	rte_tel_data_add_dict_uint(data, "used", stats->used);
	rte_tel_data_add_dict_uint(data, "peak", stats->peak);
	rte_tel_data_add_dict_uint(data, "refills", stats->refills);
	rte_tel_data_add_dict_uint(data, "flushes", stats->flushes);
	rte_tel_data_add_dict_uint(data, "steals", stats->steals);
	rte_tel_data_add_dict_uint(data, "failures", stats->failures);
	rte_tel_data_add_dict_uint(data, "injected", stats->injected);
	rte_tel_data_add_dict_uint(data, "violations", stats->violations);
}

static int
tell_pool(struct rte_mempool *mp, uint32_t number, struct rte_tel_data *data)
{
	struct rte_labyrinth_info info;
	struct labyrinth_stats stats;

	RTE_SET_USED(number);
	if (rte_labyrinth_info_get(mp, &info) != 0)
		return -EINVAL;
	labyrinth_stats(labyrinth_of(mp), &stats);
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_string(data, "name", mp->name);
	add_info(data, &info);
	add_stats(data, &stats);
	return 0;
}

static int
handle_pool(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	return labyrinth_tel_answer(params, tell_pool, false, 0, data);
}

/* --- recovery --------------------------------------------------------------------- */

static int
tell_recovery(struct rte_mempool *mp, struct rte_tel_data *data, int ret,
              const struct rte_labyrinth_recovery *found)
{
	if (ret != 0)
		return ret;
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_string(data, "name", mp->name);
	rte_tel_data_add_dict_uint(data, "processes", found->processes);
	rte_tel_data_add_dict_uint(data, "lanes", found->lanes);
	rte_tel_data_add_dict_uint(data, "rooms", found->rooms);
	rte_tel_data_add_dict_uint(data, "frames", found->frames);
	rte_tel_data_add_dict_uint(data, "reclaimed", found->reclaimed);
	return 0;
}

static int
recover_pool(struct rte_mempool *mp, uint32_t number, struct rte_tel_data *data)
{
	struct rte_labyrinth_recovery found;

	RTE_SET_USED(number);
	return tell_recovery(mp, data, rte_labyrinth_recover(mp, &found), &found);
}

static int
handle_recover(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	return labyrinth_tel_answer(params, recover_pool, false, 0, data);
}

static int
reclaim_pool(struct rte_mempool *mp, uint32_t number, struct rte_tel_data *data)
{
	struct rte_labyrinth_recovery found;

	RTE_SET_USED(number);
	return tell_recovery(mp, data, rte_labyrinth_reclaim(mp, &found), &found);
}

static int
handle_reclaim(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	return labyrinth_tel_answer(params, reclaim_pool, false, 0, data);
}

/* --- lanes ----------------------------------------------------------------------- */

static bool
lane_idle(const struct labyrinth_lane_stats *lane)
{
	return !lane->busy &&
	       (lane->cached | lane->refills | lane->flushes | lane->steals | lane->failures) == 0;
}

static int
add_lane(struct rte_tel_data *data, const struct labyrinth_lane_stats *lane)
{
	struct rte_tel_data *one = rte_tel_data_alloc();
	char name[24];

	if (one == NULL)
		return -ENOMEM;
	if (lane->lane == LABYRINTH_LANE_ANY)
		snprintf(name, sizeof(name), "guest_%u", lane->index);
	else
		snprintf(name, sizeof(name), "lcore_%u", lane->lane);
	rte_tel_data_start_dict(one);
	rte_tel_data_add_dict_int(one, "busy", lane->busy);
	rte_tel_data_add_dict_uint(one, "cached", lane->cached);
	rte_tel_data_add_dict_uint(one, "refills", lane->refills);
	rte_tel_data_add_dict_uint(one, "flushes", lane->flushes);
	rte_tel_data_add_dict_uint(one, "steals", lane->steals);
	rte_tel_data_add_dict_uint(one, "failures", lane->failures);
	return labyrinth_tel_add(data, name, one);
}

static int
tell_lanes(struct rte_mempool *mp, uint32_t first, struct rte_tel_data *data)
{
	uint32_t nb = labyrinth_lanes(labyrinth_of(mp));
	struct labyrinth_lane_stats *lanes = calloc(nb, sizeof(*lanes));
	struct labyrinth_stats stats;
	uint32_t told = 0;
	int ret = 0;

	if (lanes == NULL)
		return -ENOMEM;
	labyrinth_lane_stats(labyrinth_of(mp), &stats, lanes, nb);
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_string(data, "name", mp->name);
	add_stats(data, &stats);
	rte_tel_data_add_dict_uint(data, "lanes", nb);
	for (; first < nb && told < LANES_MOST && ret == 0; first++) {
		if (lane_idle(&lanes[first]))
			continue;
		ret = add_lane(data, &lanes[first]);
		told++;
	}
	rte_tel_data_add_dict_uint(data, "next", RTE_MIN(first, nb));
	free(lanes);
	return ret;
}

static int
handle_lanes(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	return labyrinth_tel_answer(params, tell_lanes, false, 0, data);
}

RTE_INIT(labyrinth_telemetry_register)
{
	if (labyrinth_is_second_copy())
		return;
	rte_telemetry_register_cmd("/labyrinth/list", handle_list,
	                           "Returns the names of the pools backed by labyrinth");
	rte_telemetry_register_cmd("/labyrinth/pool", handle_pool,
	                           "Returns what a pool is and has done. Parameters: name");
	rte_telemetry_register_cmd("/labyrinth/recover", handle_recover,
	                           "Gives back what lanes of dead processes hold. "
	                           "Parameters: name");
	rte_telemetry_register_cmd("/labyrinth/reclaim", handle_reclaim,
	                           "The same, and puts the frames that dead processes own. "
	                           "Parameters: name");
	rte_telemetry_register_cmd("/labyrinth/lanes", handle_lanes,
	                           "Returns gauges and counters of the lanes that were used. "
	                           "Parameters: name[,first lane]");
	rte_telemetry_register_cmd("/labyrinth/window", labyrinth_tel_window,
	                           "Returns the memory of any pool. "
	                           "Parameters: name[,first piece]");
	rte_telemetry_register_cmd("/labyrinth/map", labyrinth_tel_map,
	                           "Returns the frames of any pool and their states. "
	                           "Parameters: name[,first frame]");
	rte_telemetry_register_cmd("/labyrinth/order", labyrinth_tel_order,
	                           "Returns which frames would be handed out next. "
	                           "Parameters: name[,lcore]");
	rte_telemetry_register_cmd("/labyrinth/held", labyrinth_tel_held,
	                           "Returns owners of frames, and the frames held longest. "
	                           "Parameters: name[,how many frames]");
	rte_telemetry_register_cmd("/labyrinth/patrol", labyrinth_tel_patrol,
	                           "Returns what the patrol has done and what it costs");
	rte_telemetry_register_cmd("/labyrinth/violations", labyrinth_tel_violations,
	                           "Returns the count of violations and the latest reports");
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What rte_telemetry clients may ask: /labyrinth/...
 */

#include <errno.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_mempool.h>
#include <rte_telemetry.h>

#include "compat.h"
#include "labyrinth_pool.h"
#include "labyrinth_report.h"

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
	rte_tel_data_add_dict_uint(data, "window_len", info->window_len);
	rte_tel_data_add_dict_uint(data, "frame_stride", info->frame_stride);
	rte_tel_data_add_dict_uint(data, "lanes", info->lanes);
	rte_tel_data_add_dict_uint(data, "footprint", info->footprint);
}

static void
add_stats(struct rte_tel_data *data, const struct rte_labyrinth_stats *stats)
{
	uint32_t idle = stats->available + stats->cached + stats->quarantined;

	rte_tel_data_add_dict_uint(data, "size", stats->size);
	rte_tel_data_add_dict_uint(data, "available", stats->available);
	rte_tel_data_add_dict_uint(data, "cached", stats->cached);
	rte_tel_data_add_dict_uint(data, "quarantined", stats->quarantined);
	rte_tel_data_add_dict_uint(data, "used", stats->size > idle ? stats->size - idle : 0);
	rte_tel_data_add_dict_uint(data, "refills", stats->refills);
	rte_tel_data_add_dict_uint(data, "flushes", stats->flushes);
	rte_tel_data_add_dict_uint(data, "steals", stats->steals);
	rte_tel_data_add_dict_uint(data, "failures", stats->failures);
	rte_tel_data_add_dict_uint(data, "injected", stats->injected);
	rte_tel_data_add_dict_uint(data, "violations", stats->violations);
}

static int
handle_pool(const char *cmd, const char *params, struct rte_tel_data *data)
{
	struct rte_labyrinth_stats stats;
	struct rte_labyrinth_info info;
	const struct rte_mempool *mp;

	RTE_SET_USED(cmd);
	mp = params == NULL ? NULL : rte_mempool_lookup(params);
	if (rte_labyrinth_info_get(mp, &info) != 0 || rte_labyrinth_stats_get(mp, &stats) != 0)
		return -EINVAL;
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_string(data, "name", mp->name);
	add_info(data, &info);
	add_stats(data, &stats);
	return 0;
}

static int
add_report(struct rte_tel_data *data, const struct labyrinth_report *report)
{
	struct rte_tel_data *one = rte_tel_data_alloc();
	char name[24];
	int ret;

	if (one == NULL)
		return -ENOMEM;
	rte_tel_data_start_dict(one);
	rte_tel_data_add_dict_string(one, "pool", report->pool);
	rte_tel_data_add_dict_string(one, "kind", report->kind);
	rte_tel_data_add_dict_uint(one, "pointer", report->pointer);
	rte_tel_data_add_dict_uint(one, "frame", report->frame);
	rte_tel_data_add_dict_int(one, "lcore", (int)report->lcore);
	rte_tel_data_add_dict_int(one, "allocated_by", (int)report->got_lcore);
	rte_tel_data_add_dict_int(one, "freed_by", (int)report->put_lcore);
	snprintf(name, sizeof(name), "report_%u", (unsigned int)report->number);
	ret = rte_tel_data_add_dict_container(data, name, one, 0);
	if (ret != 0)
		rte_tel_data_free(one);
	return ret;
}

static int
handle_violations(const char *cmd, const char *params, struct rte_tel_data *data)
{
	struct labyrinth_report reports[LABYRINTH_REPORTS_KEPT];
	unsigned int n = labyrinth_report_latest(reports, LABYRINTH_REPORTS_KEPT);
	unsigned int i;
	int ret = 0;

	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_uint(data, "violations", labyrinth_report_count());
	for (i = 0; i < n && ret == 0; i++)
		ret = add_report(data, &reports[i]);
	return ret;
}

RTE_INIT(labyrinth_telemetry_register)
{
	rte_telemetry_register_cmd("/labyrinth/list", handle_list,
	                           "Returns the names of the pools backed by labyrinth");
	rte_telemetry_register_cmd("/labyrinth/pool", handle_pool,
	                           "Returns what a pool is and has done. Parameters: name");
	rte_telemetry_register_cmd("/labyrinth/violations", handle_violations,
	                           "Returns the count of violations and the latest reports");
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Telemetry: the latest violations, with what their reports say.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "labyrinth_report.h"
#include "labyrinth_symbol.h"
#include "labyrinth_telemetry.h"

#define MS 1000

static void
add_address(struct rte_tel_data *data, const char *name, uint64_t address)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	rte_tel_data_add_dict_string(data, name, text);
}

static void
add_time(struct rte_tel_data *data, uint64_t ms)
{
	time_t seconds = (time_t)(ms / MS);
	char text[40];
	size_t used;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	used = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + used, sizeof(text) - used, ".%03uZ", (unsigned int)(ms % MS));
	rte_tel_data_add_dict_string(data, "time", text);
}

static void
add_place(struct rte_tel_data *data, const char *name, const void *const *site)
{
	char whole[LABYRINTH_PLACE_LEN] = "";
	char text[RTE_TEL_MAX_STRING_LEN];

	if (site[0] != NULL)
		(void)labyrinth_place_short(labyrinth_place_own(site[0], site[1]), whole,
		                            sizeof(whole));
	labyrinth_tel_cut(whole, text, sizeof(text));
	rte_tel_data_add_dict_string(data, name, text);
}

static int
add_report(struct rte_tel_data *data, const struct labyrinth_report *report)
{
	struct rte_tel_data *one = rte_tel_data_alloc();
	char name[24];

	if (one == NULL)
		return -ENOMEM;
	rte_tel_data_start_dict(one);
	rte_tel_data_add_dict_string(one, "pool", report->pool);
	rte_tel_data_add_dict_string(one, "kind", report->kind);
	add_time(one, report->time_ms);
	rte_tel_data_add_dict_uint(one, "pid", report->pid);
	add_address(one, "pointer", report->pointer);
	add_address(one, "frame", report->frame);
	rte_tel_data_add_dict_int(one, "lcore", (int)report->lcore);
	rte_tel_data_add_dict_int(one, "allocated_by", (int)report->got_lcore);
	rte_tel_data_add_dict_int(one, "freed_by", (int)report->put_lcore);
	add_place(one, "site", report->site);
	add_place(one, "allocated_at", report->got_site);
	add_place(one, "freed_at", report->put_site);
	snprintf(name, sizeof(name), "report_%u", (unsigned int)report->number);
	return labyrinth_tel_add(data, name, one);
}

int
labyrinth_tel_violations(const char *cmd, const char *params, struct rte_tel_data *data)
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

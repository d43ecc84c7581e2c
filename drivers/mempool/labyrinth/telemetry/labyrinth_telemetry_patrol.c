/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Telemetry: what the patrol does and what it costs.
 */

#include <inttypes.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "labyrinth_patrol.h"
#include "labyrinth_telemetry.h"

#define NS_PER_MS 1000000
#define NS_PER_US 1000
#define MILLION   1000000.0

int
labyrinth_tel_patrol(const char *cmd, const char *params, struct rte_tel_data *data)
{
	struct labyrinth_patrol_stats stats;
	double share;

	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	labyrinth_patrol_stats_get(&stats);
	share = stats.elapsed_ns == 0 ? 0 : (double)stats.cpu_ns / (double)stats.elapsed_ns;
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_int(data, "on", stats.on);
	rte_tel_data_add_dict_uint(data, "rounds", stats.rounds);
	rte_tel_data_add_dict_uint(data, "frames", stats.frames);
	rte_tel_data_add_dict_uint(data, "findings", stats.findings);
	rte_tel_data_add_dict_uint(data, "round_ms", stats.round_ns / NS_PER_MS);
	rte_tel_data_add_dict_uint(data, "cpu_us", stats.cpu_ns / NS_PER_US);
	rte_tel_data_add_dict_uint(data, "elapsed_ms", stats.elapsed_ns / NS_PER_MS);
	return rte_tel_data_add_dict_uint(data, "cpu_ppm", (uint64_t)(share * MILLION));
}

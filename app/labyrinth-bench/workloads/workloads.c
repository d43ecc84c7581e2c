/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>
#include <string.h>

#include "workloads.h"

static const struct bench_workload *const workloads[] = {
	&bench_loop,   &bench_touch,  &bench_fill,     &bench_random,  &bench_hold,
	&bench_pipe,   &bench_pass,   &bench_rxring,   &bench_latency, &bench_copy,
	&bench_create, &bench_nullio, &bench_nullswap,
};

const struct bench_workload *
bench_workload_at(unsigned int index)
{
	return index < RTE_DIM(workloads) ? workloads[index] : NULL;
}

const struct bench_workload *
bench_workload_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(workloads); i++)
		if (strcmp(workloads[i]->name, name) == 0)
			return workloads[i];
	return NULL;
}

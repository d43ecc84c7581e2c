/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "bar.h"
#include "workloads.h"

/** The cycles of another workload or on other CPUs, where all else is like in a result; or 0. */
static double
cycles_beside(const struct bench_results *results, const struct bench_bar_beside *beside,
              const struct bench_cell *like)
{
	struct bench_cell cell = *like;
	uint32_t i;

	cell.workload = bench_workload_find(beside->workload);
	cell.cpus = beside->cpus;
	for (i = 0; i < results->nb; i++) {
		const struct bench_result *r = results->result[i];

		if (r->nb > 0 && bench_cell_equal(&r->cell, &cell) &&
		    strcmp(bench_result_label(r), beside->select.base) == 0)
			return r->summary.median;
	}
	return 0;
}

double
bench_bar_compare(const struct bench_results *results, const struct bench_bar_beside *beside,
                  const struct bench_result **worst)
{
	double largest = 0;
	uint32_t i;

	*worst = NULL;
	for (i = 0; i < results->nb; i++) {
		const struct bench_result *r = results->result[i];
		double base;

		if (!bench_bar_matches(r, &beside->select, false))
			continue;
		base = cycles_beside(results, beside, &r->cell);
		if (base > 0 && r->summary.median / base > largest) {
			largest = r->summary.median / base;
			*worst = r;
		}
	}
	return largest;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>

#include <rte_cycles.h>
#include <rte_version.h>

#include "export.h"
#include "table.h"

#define CYCLES_ROW "%-9s %5s %6s %5s %6s %8s  "
/* Percentiles in hundredths of a percent. */
#define P50   5000
#define P99   9900
#define P9999 9999

const char *
bench_place_text(const struct bench_cell *cell, char *text, size_t size)
{
	if (cell->lcores == cell->cpus)
		snprintf(text, size, "%u", cell->lcores);
	else
		snprintf(text, size, "%u@%u", cell->lcores, cell->cpus);
	return text;
}

void
bench_table_setup(const struct bench_options *options)
{
	printf("%s, clock of %.0f MHz; %u rounds of %u ms\n"
	       "Cycles of a CPU per object, got and put; ratio: to the first handler of a cell.\n",
	       rte_version(), (double)rte_get_tsc_hz() / 1e6, options->rounds, options->ms);
	if (options->aged)
		puts("Aged pools: all objects were taken, shuffled and put back before measuring.");
}

/** Where in the axes: only in the first row of a cell. */
static void
print_place(const struct bench_cell *cell, bool first)
{
	char cache[16], lcores[16], bulk[16], kept[16], size[16];
	const bool pool = (cell->workload->flags & BENCH_NO_POOL) == 0;

	if (!first) {
		printf(CYCLES_ROW, "", "", "", "", "", "");
		return;
	}
	snprintf(cache, sizeof(cache), "%u", cell->cache);
	snprintf(bulk, sizeof(bulk), "%u", cell->bulk);
	snprintf(kept, sizeof(kept), "%u", cell->kept);
	snprintf(size, sizeof(size), "%u", cell->size);
	printf(CYCLES_ROW, cell->workload->name, pool ? cache : "-",
	       bench_place_text(cell, lcores, sizeof(lcores)), bulk, kept, pool ? size : "-");
}

static void
print_cycles(const struct bench_results *results, uint32_t index)
{
	const struct bench_result *r = results->result[index];
	const double ratio = bench_results_ratio(results, index);

	printf("%-32s %10.2f %10.2f %10.2f %8.2f", bench_result_label(r), r->summary.median,
	       r->summary.q1, r->summary.q3, r->summary.mad);
	if (ratio > 0)
		printf(" %7.3f\n", ratio);
	else
		printf(" %7s\n", "-");
}

static void
print_latency(const struct bench_result *r)
{
	const struct app_histogram *wall = &r->latency->wall, *running = &r->latency->running;

	printf("%-32s %10.0f %10.0f %10.0f %10.0f %12.0f %12.0f\n", bench_result_label(r),
	       bench_ns(app_histogram_percentile(wall, P50)),
	       bench_ns(app_histogram_percentile(wall, P99)),
	       bench_ns(app_histogram_percentile(wall, P9999)),
	       bench_ns(app_histogram_percentile(wall, 10000)),
	       bench_ns(app_histogram_percentile(running, P9999)),
	       bench_ns(app_histogram_percentile(running, 10000)));
}

static void
print_head(const struct bench_cell *cell)
{
	printf("\n" CYCLES_ROW, "workload", "cache", "lcores", "bulk", "kept", "size");
	if ((cell->workload->flags & BENCH_LATENCY) != 0)
		printf("%-32s %10s %10s %10s %10s %12s %12s\n", "handler", "p50 ns", "p99 ns",
		       "p99.99 ns", "max ns", "run p99.99", "run max");
	else
		printf("%-32s %10s %10s %10s %8s %7s\n", "handler", "median", "q1", "q3", "MAD",
		       "ratio");
}

void
bench_table_cell(const struct bench_results *results, uint32_t from, bool head)
{
	const struct bench_cell *cell = &results->result[from]->cell;
	uint32_t i;

	if (head)
		print_head(cell);
	for (i = from; i < results->nb; i++) {
		const struct bench_result *r = results->result[i];

		print_place(cell, i == from);
		if (r->nb == 0)
			printf("%-32s not measured: %s\n", bench_result_label(r), r->reason);
		else if (r->latency != NULL)
			print_latency(r);
		else
			print_cycles(results, i);
	}
	fflush(stdout);
}

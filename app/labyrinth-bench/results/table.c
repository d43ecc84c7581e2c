/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_version.h>

#include "export.h"
#include "table.h"

/* No line is longer than 100 columns. */
#define PLACE_ROW   "%-8s %5s %6s %4s %6s %7s  "
#define LABEL_WIDTH 30
/* Of single calls: the pool's size and cache stand in the files. */
#define LATENCY_PLACE "%-8s %5s %6s %4s "
#define LATENCY_HEAD  "%-30s %5s %6s %8s %9s %9s\n"
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
	       "Cycles of a CPU per object, got and put: median of the rounds, and MAD, the\n"
	       "median distance from it; ratio: to the first handler of a cell.\n",
	       rte_version(), (double)rte_get_tsc_hz() / 1e6, options->rounds, options->ms);
	if (options->aged)
		puts("Aged pools: all objects were taken, shuffled and put back before measuring.");
	bench_table_quick(options);
}

void
bench_table_quick(const struct bench_options *options)
{
	if (options->quick)
		puts("QUICK: made by --quick, which is no measurement. No figure means anything.");
}

/** What people call a handler, without the word that all profiles have. */
static void
print_label(const struct bench_result *r, int width)
{
	const char *label = bench_result_label(r), *word = strstr(label, ":profile=");
	char text[96];

	if (word == NULL)
		snprintf(text, sizeof(text), "%s", label);
	else
		snprintf(text, sizeof(text), "%.*s:%s", (int)(word - label), label,
		         word + strlen(":profile="));
	printf("%-*s", width, text);
}

void
bench_table_head_place(void)
{
	printf(PLACE_ROW "%-*s ", "workload", "cache", "lcores", "bulk", "kept", "size",
	       LABEL_WIDTH, "handler");
}

void
bench_table_place(const struct bench_result *r, bool first)
{
	const struct bench_cell *cell = &r->cell;
	char cache[16], lcores[16], bulk[16], kept[16], size[16];
	const bool pool = (cell->workload->flags & BENCH_NO_POOL) == 0;

	snprintf(cache, sizeof(cache), "%u", cell->cache);
	snprintf(bulk, sizeof(bulk), "%u", cell->bulk);
	snprintf(kept, sizeof(kept), "%u", cell->kept);
	snprintf(size, sizeof(size), "%u", cell->size);
	bench_place_text(cell, lcores, sizeof(lcores));
	if (!first)
		printf(PLACE_ROW, "", "", "", "", "", "");
	else
		printf(PLACE_ROW, cell->workload->name, pool ? cache : "-", lcores, bulk, kept,
		       pool ? size : "-");
	print_label(r, LABEL_WIDTH);
	putchar(' ');
}

static void
print_cycles(const struct bench_results *results, uint32_t index, bool first)
{
	const struct bench_result *r = results->result[index];
	const double ratio = bench_results_ratio(results, index);

	bench_table_place(r, first);
	printf("%8.2f %7.2f", r->summary.median, r->summary.mad);
	if (ratio > 0)
		printf(" %7.3f\n", ratio);
	else
		printf(" %7s\n", "-");
}

static void
print_latency(const struct bench_result *r, bool first)
{
	const struct app_histogram *wall = &r->latency->wall, *running = &r->latency->running;
	char lcores[16], bulk[16], cache[16];

	snprintf(cache, sizeof(cache), "%u", r->cell.cache);
	snprintf(bulk, sizeof(bulk), "%u", r->cell.bulk);
	bench_place_text(&r->cell, lcores, sizeof(lcores));
	if (first)
		printf(LATENCY_PLACE, r->cell.workload->name, cache, lcores, bulk);
	else
		printf(LATENCY_PLACE, "", "", "", "");
	print_label(r, LABEL_WIDTH);
	printf(" %5.0f %6.0f %8.0f %9.0f %9.0f\n", bench_ns(app_histogram_percentile(wall, P50)),
	       bench_ns(app_histogram_percentile(wall, P99)),
	       bench_ns(app_histogram_percentile(wall, P9999)),
	       bench_ns(app_histogram_percentile(wall, 10000)),
	       bench_ns(app_histogram_percentile(running, P9999)));
}

static void
print_head(const struct bench_cell *cell)
{
	putchar('\n');
	if ((cell->workload->flags & BENCH_LATENCY) != 0) {
		printf(LATENCY_PLACE, "workload", "cache", "lcores", "bulk");
		printf(LATENCY_HEAD, "handler: ns of one call", "p50", "p99", "p99.99", "max",
		       "on CPU*");
		return;
	}
	bench_table_head_place();
	printf("%8s %7s %7s\n", "median", "MAD", "ratio");
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

		if (r->nb == 0) {
			bench_table_place(r, i == from);
			printf("not measured: %s\n", r->reason);
		} else if (r->latency != NULL)
			print_latency(r, i == from);
		else
			print_cycles(results, i, i == from);
	}
	if (head && results->result[from]->latency != NULL)
		puts("* p99.99 without the time that another thread had the CPU");
	fflush(stdout);
}

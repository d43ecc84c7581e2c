/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "bar.h"
#include "export.h"
#include "stats.h"
#include "table.h"

#define MAX_VALUES 512

static void
print_line(const char *text, const char *age, double figure, double limit, const char *detail)
{
	const char *verdict = figure <= limit ? "holds" : "MISSED";

	printf("%-60s %-5s %10.3f", text, age, figure);
	if (limit > 0)
		printf(" %10.3f  %-8s", limit, verdict);
	else
		printf(" %10s  %-8s", "-", "");
	printf("\n  (%s)\n", detail);
}

static void
print_not_measured(const char *text)
{
	printf("%-60s %-5s %10s %10s  not measured\n", text, "", "-", "-");
}

static void
judge_line(const struct bench_results *results, const struct bench_bar_line *line, bool aged)
{
	const char *age = line->limit[BENCH_BAR_AGED] <= 0 ? "" : aged ? "aged" : "fresh";
	const bool mean = line->judge == BENCH_BAR_MEAN;
	const struct bench_result *worst;
	double values[MAX_VALUES];
	char detail[160], place[32];
	size_t nb = bench_bar_collect(results, &line->select, aged, values, MAX_VALUES, &worst);

	if (nb == 0) {
		print_not_measured(line->text);
		return;
	}
	snprintf(detail, sizeof(detail), "%s of %zu; worst %.3f: %s, %s lcores, bulk %u, kept %u",
	         mean ? "mean" : "largest", nb, bench_largest(values, nb),
	         worst->cell.workload->name, bench_place_text(&worst->cell, place, sizeof(place)),
	         worst->cell.bulk, worst->cell.kept);
	print_line(line->text, age, mean ? bench_geomean(values, nb) : bench_largest(values, nb),
	           line->limit[aged], detail);
}

static void
judge_beside(const struct bench_results *results, const struct bench_bar_beside *beside)
{
	const struct bench_result *worst;
	double ratio = bench_bar_compare(results, beside, &worst);
	char detail[160];

	if (worst == NULL) {
		print_not_measured(beside->text);
		return;
	}
	snprintf(detail, sizeof(detail),
	         "worst: %.1f cycles against %.1f; cache %u, bulk %u, kept %u",
	         worst->summary.median, worst->summary.median / ratio, worst->cell.cache,
	         worst->cell.bulk, worst->cell.kept);
	print_line(beside->text, "", ratio, beside->limit, detail);
}

/** The same working set in the largest and in the smallest pool of the last section. */
static void
judge_scale(const struct bench_results *results, const char *text, const char *handler)
{
	const struct bench_result *small = NULL, *large = NULL, *r;
	char detail[96];
	uint32_t i;

	for (i = 0; i < results->nb; i++) {
		r = results->result[i];
		if (r->cell.size <= BENCH_BAR_SIZE || r->nb == 0 ||
		    (r->cell.workload->flags & BENCH_OWN_CLOCK) != 0 ||
		    strcmp(bench_result_label(r), handler) != 0)
			continue;
		if (small == NULL || r->cell.size < small->cell.size)
			small = r;
		if (large == NULL || r->cell.size > large->cell.size)
			large = r;
	}
	if (small == large) {
		print_not_measured(text);
		return;
	}
	snprintf(detail, sizeof(detail), "%u to %u objects of %u bytes", large->cell.size,
	         small->cell.size, large->cell.elt);
	print_line(text, "", large->summary.median / small->summary.median, 1.3, detail);
}

/** Whenever the caller has the CPU, whoever else wants it. */
static void
judge_latency(const struct bench_results *results, const char *text, const char *handler,
              double limit)
{
	const double per_ns = (double)rte_get_tsc_hz() / 1e9;
	double slowest = 0, ns;
	unsigned int nb = 0;
	char detail[64];
	uint32_t i;

	for (i = 0; i < results->nb; i++) {
		const struct bench_result *r = results->result[i];

		if (r->latency == NULL || r->nb == 0 || strcmp(bench_result_label(r), handler) != 0)
			continue;
		ns = bench_ns(app_histogram_percentile(&r->latency->running, 9999));
		slowest = RTE_MAX(slowest, ns * per_ns);
		nb++;
	}
	snprintf(detail, sizeof(detail), "largest of %u, while running", nb);
	if (nb == 0)
		print_not_measured(text);
	else
		print_line(text, "", slowest, limit, detail);
}

/** What no handler can beat, by the workload that shows it. */
static void
print_limit(const struct bench_results *results, const char *workload, const char *what,
            const char *detail)
{
	uint32_t i;

	for (i = 0; i < results->nb; i++) {
		const struct bench_result *r = results->result[i];
		char text[64];

		if (strcmp(r->cell.workload->name, workload) != 0 || r->nb == 0)
			continue;
		snprintf(text, sizeof(text), "physical limit, %s, bulk %u: cycles", what,
		         r->cell.bulk);
		print_line(text, "", r->summary.median, 0, detail);
	}
}

void
bench_bar_print(const struct bench_results *results)
{
	const struct bench_bar_beside *beside;
	const struct bench_bar_line *line;

	printf("\nThe bar: cycles per object as a share of " BENCH_BAR_RING "'s, where nothing "
	       "else is said; medians of all rounds\n%-60s %-5s %10s %10s\n",
	       "", "", "figure", "at most");
	for (line = bench_bar_lines; line->text != NULL; line++) {
		judge_line(results, line, false);
		if (line->limit[BENCH_BAR_AGED] > 0)
			judge_line(results, line, true);
	}
	for (beside = bench_bar_besides; beside->text != NULL; beside++)
		judge_beside(results, beside);
	judge_latency(results, "fast, p99.99 of a call beside another thread: cycles",
	              BENCH_BAR_FAST, 2000);
	judge_latency(results, "guard, p99.99 of a call beside another thread: cycles",
	              BENCH_BAR_GUARD, 2000);
	judge_latency(results, "ring_mp_mc, p99.99 of a call beside another thread: cycles",
	              BENCH_BAR_RING, 0);
	judge_latency(results, "the machine alone, p99.99 of as long a time: cycles",
	              BENCH_ALONE_LABEL, 0);
	judge_scale(results, "fast, a large pool to 16 K", BENCH_BAR_FAST);
	judge_scale(results, "guard, a large pool to 16 K", BENCH_BAR_GUARD);
	print_limit(results, "copy", "a pure pointer copy", "there and back");
	print_limit(results, "pass", "a ring of pointers", "from lcore to lcore");
}

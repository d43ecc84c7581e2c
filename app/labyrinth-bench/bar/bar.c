/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "bar.h"
#include "export.h"
#include "stats.h"
#include "table.h"

#define MAX_VALUES 512

enum judge {
	GEOMEAN,
	LARGEST
};

/** One promise: a figure that is to be at most the limit; a limit of 0 promises nothing. */
struct line {
	const char *text;
	enum judge judge;
	double limit;
	struct bench_bar_select select;
};

#define RING   BENCH_BAR_RING
#define FAST   BENCH_BAR_FAST
#define GUARD  BENCH_BAR_GUARD
#define STRICT BENCH_BAR_STRICT
#define SHORT  BENCH_BAR_SHORT

/* Times faster, or rates, as the ratio of cycles they are. */
#define TIMES(n) (1.0 / (n))

static const struct line lines[] = {
	{"fast, touching", GEOMEAN, 0.50, {"touch", FAST, RING, 256, 0, 0, 1, 0, 1, 0}},
	{"fast, not touching", GEOMEAN, 0.75, {"loop", FAST, RING, 256, 0, 0, 1, 0, 1, 0}},
	{"fast, every cell", LARGEST, 1.05, {"loop+touch", FAST, RING, 256, 0, 0, 1, 0, 1, 0}},
	{"fast, to the best stock handler",
         LARGEST,
         1.05,
         {"loop+touch", FAST, "stock", 256, 0, 0, 1, 0, 1, 0}},
	{"guard, touching, bulk 8 and up, kept 512 and up",
         GEOMEAN,
         0.65,
         {"touch", GUARD, RING, 256, 0, 0, 8, 0, 512, 0}},
	{"guard, the same, every cell",
         LARGEST,
         1.0,
         {"touch", GUARD, RING, 256, 0, 0, 8, 0, 512, 0}},
	{"guard, touching, kept 128",
         LARGEST,
         2.0,
         {"touch", GUARD, RING, 256, 0, 0, 8, 0, 1, 128}},
	{"guard, touching, bulk 1", LARGEST, 1.8, {"touch", GUARD, RING, 256, 0, 0, 1, 1, 1, 0}},
	{"guard, the dream: nowhere slower",
         LARGEST,
         1.0,
         {"loop+touch", GUARD, RING, 256, 0, 0, 1, 0, 1, 0}},
	{"guard, not touching", GEOMEAN, 0, {"loop", GUARD, RING, 256, 0, 0, 1, 0, 1, 0}},
	{"strict, full poison, to guard",
         GEOMEAN,
         3.0,
         {"touch", STRICT, GUARD, 256, 0, 0, 1, 0, 1, 0}},
	{"strict, poison=64, to guard",
         GEOMEAN,
         1.5,
         {"touch", SHORT, GUARD, 256, 0, 0, 1, 0, 1, 0}},
	{"fast, no cache, 2 lcores, bulk 1: 10 times faster",
         GEOMEAN,
         TIMES(10),
         {"loop", FAST, RING, 0, 2, 2, 1, 1, 1, 0}},
	{"fast, no cache, 2 lcores, bulk 32: 4 times faster",
         GEOMEAN,
         TIMES(4),
         {"loop", FAST, RING, 0, 2, 2, 32, 32, 1, 0}},
	{"fast, no cache, 1 lcore: never slower",
         LARGEST,
         1.0,
         {"loop", FAST, RING, 0, 1, 1, 1, 0, 1, 0}},
	{"guard, no cache, 2 lcores, bulk 1: 10 times faster",
         GEOMEAN,
         TIMES(10),
         {"loop", GUARD, RING, 0, 2, 2, 1, 1, 1, 0}},
	{"guard, no cache, 2 lcores, bulk 32: 4 times faster",
         GEOMEAN,
         TIMES(4),
         {"loop", GUARD, RING, 0, 2, 2, 32, 32, 1, 0}},
	{"guard, no cache, 1 lcore: never slower",
         LARGEST,
         1.0,
         {"loop", GUARD, RING, 0, 1, 1, 1, 0, 1, 0}},
	{"fast, 2 lcores on a CPU: cycles",
         LARGEST,
         40,
         {"loop", FAST, NULL, -1, 2, 1, 1, 0, 1, 0}},
	{"guard, 2 lcores on a CPU: cycles",
         LARGEST,
         40,
         {"loop", GUARD, NULL, -1, 2, 1, 1, 0, 1, 0}},
	{"fast, producer to consumer, cached: 1.25 times the rate",
         GEOMEAN,
         TIMES(1.25),
         {"pipe", FAST, RING, 256, 2, 2, 1, 0, 1, 0}},
	{"fast, producer to consumer, no cache: 3 times the rate",
         GEOMEAN,
         TIMES(3),
         {"pipe", FAST, RING, 0, 2, 2, 1, 0, 1, 0}},
	{"guard, producer to consumer, cached: 1.25 times the rate",
         GEOMEAN,
         TIMES(1.25),
         {"pipe", GUARD, RING, 256, 2, 2, 1, 0, 1, 0}},
	{"guard, producer to consumer, no cache: 3 times the rate",
         GEOMEAN,
         TIMES(3),
         {"pipe", GUARD, RING, 0, 2, 2, 1, 0, 1, 0}},
	{"fast, forwarding over net_null, io: the same rate",
         LARGEST,
         1.0,
         {"nullio", FAST, RING, 256, 1, 1, 1, 0, 1, 0}},
	{"fast, forwarding over net_null, macswap: the same rate",
         LARGEST,
         1.0,
         {"nullswap", FAST, RING, 256, 1, 1, 1, 0, 1, 0}},
	{"guard, forwarding over net_null, io: 0.85 of the rate",
         LARGEST,
         TIMES(0.85),
         {"nullio", GUARD, RING, 256, 1, 1, 1, 0, 1, 0}},
	{"guard, forwarding over net_null, macswap: 0.92 of the rate",
         LARGEST,
         TIMES(0.92),
         {"nullswap", GUARD, RING, 256, 1, 1, 1, 0, 1, 0}},
	{"fast, making the largest pool",
         LARGEST,
         1.5,
         {"create", FAST, RING, 256, 0, 0, 1, 0, 1, 0}},
	{"guard, making the largest pool",
         LARGEST,
         1.5,
         {"create", GUARD, RING, 256, 0, 0, 1, 0, 1, 0}},
};

static void
print_line(const char *text, double figure, double limit, const char *detail)
{
	const char *verdict = figure <= limit ? "holds" : "MISSED";

	printf("%-60s %10.3f", text, figure);
	if (limit > 0)
		printf(" %10.3f  %-8s", limit, verdict);
	else
		printf(" %10s  %-8s", "-", "");
	printf("\n  (%s)\n", detail);
}

static void
print_not_measured(const char *text)
{
	printf("%-60s %10s %10s  not measured\n", text, "-", "-");
}

static void
judge_line(const struct bench_results *results, const struct line *line)
{
	const struct bench_result *worst;
	double values[MAX_VALUES];
	char detail[160], place[32];
	size_t nb = bench_bar_collect(results, &line->select, values, MAX_VALUES, &worst);

	if (nb == 0) {
		print_not_measured(line->text);
		return;
	}
	snprintf(detail, sizeof(detail), "%s of %zu; worst %.3f: %s, %s lcores, bulk %u, kept %u",
	         line->judge == GEOMEAN ? "mean" : "largest", nb, bench_largest(values, nb),
	         worst->cell.workload->name, bench_place_text(&worst->cell, place, sizeof(place)),
	         worst->cell.bulk, worst->cell.kept);
	print_line(line->text,
	           line->judge == GEOMEAN ? bench_geomean(values, nb) : bench_largest(values, nb),
	           line->limit, detail);
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
	print_line(text, large->summary.median / small->summary.median, 1.3, detail);
}

/** Whenever the caller has the CPU, whoever else wants it. */
static void
judge_latency(const struct bench_results *results, const char *text, const char *handler,
              double limit)
{
	double slowest = 0, ns;
	unsigned int nb = 0;
	char detail[64];
	uint32_t i;

	for (i = 0; i < results->nb; i++) {
		const struct bench_result *r = results->result[i];

		if (r->latency == NULL || r->nb == 0 || strcmp(bench_result_label(r), handler) != 0)
			continue;
		ns = bench_ns(app_histogram_percentile(&r->latency->running, 9999));
		slowest = RTE_MAX(slowest, ns / 1000);
		nb++;
	}
	snprintf(detail, sizeof(detail), "largest of %u, while running", nb);
	if (nb == 0)
		print_not_measured(text);
	else
		print_line(text, slowest, limit, detail);
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
		print_line(text, r->summary.median, 0, detail);
	}
}

void
bench_bar_print(const struct bench_results *results)
{
	unsigned int i;

	printf("\nThe bar: cycles per object as a share of " BENCH_BAR_RING "'s, where nothing "
	       "else is said; medians of all rounds\n%-60s %10s %10s\n",
	       "", "figure", "at most");
	for (i = 0; i < RTE_DIM(lines); i++)
		judge_line(results, &lines[i]);
	judge_latency(results, "fast, p99.99 beside a competing thread: us", FAST, 50);
	judge_latency(results, "guard, p99.99 beside a competing thread: us", GUARD, 50);
	judge_latency(results, "ring_mp_mc, p99.99 beside a competing thread: us", RING, 0);
	judge_scale(results, "fast, a large pool to 16 K", FAST);
	judge_scale(results, "guard, a large pool to 16 K", GUARD);
	print_limit(results, "copy", "a pure pointer copy", "there and back");
	print_limit(results, "pass", "a ring of pointers", "from lcore to lcore");
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_message.h"
#include "compare.h"
#include "table.h"

/** Cells that both runs have. */
struct tally {
	uint32_t faster, slower, same;
	uint32_t only_now;
	double *ratios;
	size_t nb;
};

static const struct bench_result *
find(const struct bench_results *results, const struct bench_result *like)
{
	uint32_t i;

	for (i = 0; i < results->nb; i++)
		if (bench_cell_equal(&results->result[i]->cell, &like->cell) &&
		    strcmp(bench_result_label(results->result[i]), bench_result_label(like)) == 0)
			return results->result[i];
	return NULL;
}

/** Where the middle halves of both runs' samples overlap, noise may be all that differs. */
static const char *
verdict(const struct bench_summary *before, const struct bench_summary *now, struct tally *tally)
{
	if (now->q3 < before->q1) {
		tally->faster++;
		return "faster";
	}
	if (now->q1 > before->q3) {
		tally->slower++;
		return "slower";
	}
	tally->same++;
	return "same";
}

static void
compare_result(const struct bench_result *old, const struct bench_result *new, struct tally *tally)
{
	const double ratio = new->summary.median / old->summary.median;

	if (tally->nb == 0) {
		bench_table_head_place();
		printf("%8s %8s %7s\n", "before", "now", "ratio");
	}
	bench_table_place(new, true);
	printf("%8.2f %8.2f %7.3f %s\n", old->summary.median, new->summary.median, ratio,
	       verdict(&old->summary, &new->summary, tally));
	tally->ratios[tally->nb++] = ratio;
}

void
bench_compare(const struct bench_loaded *before, const struct bench_results *now)
{
	struct tally tally = {.ratios = calloc(now->nb + 1, sizeof(double))};
	const struct bench_result *old, *new;
	uint32_t i;

	if (tally.ratios == NULL) {
		app_error("no memory to compare %u results", now->nb);
		return;
	}
	printf("\nCompared with: %s\nRatio: now to before, below 1 is faster; same: the middle "
	       "halves of the samples overlap.\n\n",
	       before->command);
	if (before->quick)
		puts("QUICK: what is compared with was made by --quick and is no measurement.");
	for (i = 0; i < now->nb; i++) {
		new = now->result[i];
		old = find(&before->results, new);
		if (old == NULL)
			tally.only_now++;
		else if (old->nb > 0 && new->nb > 0 && old->summary.median > 0)
			compare_result(old, new, &tally);
	}
	printf("\n%zu results compared: %u faster, %u slower, %u the same; mean ratio %.3f\n",
	       tally.nb, tally.faster, tally.slower, tally.same,
	       bench_geomean(tally.ratios, tally.nb));
	if (tally.only_now > 0 || before->results.nb > now->nb - tally.only_now)
		printf("%u results are only in the new run, %u only in the old one\n",
		       tally.only_now, before->results.nb - (now->nb - tally.only_now));
	free(tally.ratios);
}

int
bench_compare_files(const char *paths)
{
	const char *comma = strchr(paths, ',');
	char *first = strndup(paths, (size_t)(comma - paths));
	struct bench_loaded before = {0}, after = {0};
	int ret = -1;

	if (first == NULL)
		app_error("no memory to compare %s", paths);
	else if (bench_load(first, &before) == 0 && bench_load(comma + 1, &after) == 0) {
		if (after.quick)
			puts("QUICK: the second file was made by --quick and is no measurement.");
		bench_compare(&before, &after.results);
		ret = 0;
	}
	bench_loaded_free(&before);
	bench_loaded_free(&after);
	free(first);
	return ret;
}

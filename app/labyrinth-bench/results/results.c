/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>
#include <string.h>

#include "app_message.h"
#include "results.h"

static void
free_result(struct bench_result *result)
{
	if (result == NULL)
		return;
	free(result->samples);
	free(result->latency);
	free(result);
}

static int
grow(struct bench_results *results)
{
	uint32_t room = results->room == 0 ? 64 : 2 * results->room;
	struct bench_result **more;

	if (results->nb < results->room)
		return 0;
	more = realloc(results->result, room * sizeof(*more));
	if (more == NULL)
		return -1;
	results->result = more;
	results->room = room;
	return 0;
}

struct bench_result *
bench_results_add(struct bench_results *results, const struct bench_cell *cell,
                  const struct bench_handler *handler, uint32_t rounds)
{
	struct bench_result *result = calloc(1, sizeof(*result));

	if (result != NULL) {
		result->cell = *cell;
		result->handler = handler;
		result->samples = calloc(rounds, sizeof(*result->samples));
		if ((cell->workload->flags & BENCH_LATENCY) != 0)
			result->latency = calloc(1, sizeof(*result->latency));
	}
	if (result == NULL || result->samples == NULL ||
	    ((cell->workload->flags & BENCH_LATENCY) != 0 && result->latency == NULL) ||
	    grow(results) != 0) {
		app_error("no memory for results");
		free_result(result);
		return NULL;
	}
	results->result[results->nb++] = result;
	return result;
}

void
bench_result_sample(struct bench_result *result, double value)
{
	result->samples[result->nb++] = value;
}

void
bench_result_restart(struct bench_result *result)
{
	result->nb = 0;
	if (result->latency != NULL)
		memset(result->latency, 0, sizeof(*result->latency));
}

int
bench_result_finish(struct bench_result *result)
{
	double *copy = calloc(result->nb + 1, sizeof(*copy));
	int ret = -1;

	if (copy != NULL) {
		memcpy(copy, result->samples, result->nb * sizeof(*copy));
		ret = bench_stats(copy, result->nb, &result->summary);
	}
	free(copy);
	if (ret != 0)
		app_error("no memory for results");
	return ret;
}

const char *
bench_result_label(const struct bench_result *result)
{
	if (result->handler != NULL)
		return result->handler->label;
	return result->latency != NULL ? BENCH_ALONE_LABEL : "(no pool)";
}

bool
bench_cell_equal(const struct bench_cell *a, const struct bench_cell *b)
{
	return a->workload == b->workload && a->cache == b->cache && a->lcores == b->lcores &&
	       a->cpus == b->cpus && a->bulk == b->bulk && a->kept == b->kept &&
	       a->size == b->size && a->elt == b->elt && a->touch_lines == b->touch_lines &&
	       a->aged == b->aged;
}

uint32_t
bench_results_cell_first(const struct bench_results *results, uint32_t index)
{
	while (index > 0 &&
	       bench_cell_equal(&results->result[index - 1]->cell, &results->result[index]->cell))
		index--;
	return index;
}

double
bench_results_ratio(const struct bench_results *results, uint32_t index)
{
	uint32_t first = bench_results_cell_first(results, index);
	double base = results->result[first]->summary.median;

	return base > 0 ? results->result[index]->summary.median / base : 0;
}

void
bench_results_free(struct bench_results *results)
{
	while (results->nb > 0)
		free_result(results->result[--results->nb]);
	free(results->result);
	memset(results, 0, sizeof(*results));
}

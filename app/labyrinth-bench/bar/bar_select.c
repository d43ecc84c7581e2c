/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include <rte_mempool_labyrinth.h>

#include "bar.h"

#define BOTH  "loop+touch"
#define STOCK "stock"

static bool
within(uint32_t value, uint32_t min, uint32_t max)
{
	return value >= min && (max == 0 || value <= max);
}

bool
bench_bar_matches(const struct bench_result *r, const struct bench_bar_select *s, bool aged)
{
	const struct bench_cell *c = &r->cell;

	if (r->nb == 0 || strcmp(bench_result_label(r), s->handler) != 0)
		return false;
	if (c->aged != aged || (s->elt == BENCH_BAR_ELT) != (c->elt == BENCH_BAR_ELT))
		return false;
	/* Making pools is about large ones, everything else is not. */
	if (c->size > BENCH_BAR_SIZE && (c->workload->flags & BENCH_OWN_CLOCK) == 0)
		return false;
	if (strcmp(s->workload, BOTH) == 0) {
		if (strcmp(c->workload->name, "loop") != 0 &&
		    strcmp(c->workload->name, "touch") != 0)
			return false;
	} else if (strcmp(c->workload->name, s->workload) != 0)
		return false;
	if (s->lcores == 0 ? c->lcores != c->cpus : (c->lcores != s->lcores || c->cpus != s->cpus))
		return false;
	return (s->cache < 0 || c->cache == (uint32_t)s->cache) &&
	       within(c->bulk, s->bulk_min, s->bulk_max) &&
	       within(c->kept, s->kept_min, s->kept_max);
}

static bool
is_base(const struct bench_result *r, const char *base)
{
	if (r->nb == 0 || r->handler == NULL)
		return false;
	if (strcmp(base, STOCK) == 0)
		return strcmp(r->handler->name, RTE_LABYRINTH_OPS_NAME) != 0;
	return strcmp(r->handler->label, base) == 0;
}

/** Median of the base in the cell that holds the result of that index; 0 if there is none. */
static double
base_of(const struct bench_results *results, uint32_t index, const char *base)
{
	const struct bench_cell *cell = &results->result[index]->cell;
	uint32_t i = bench_results_cell_first(results, index);
	double best = 0, median;

	for (; i < results->nb && bench_cell_equal(&results->result[i]->cell, cell); i++) {
		if (!is_base(results->result[i], base))
			continue;
		median = results->result[i]->summary.median;
		if (best <= 0 || median < best)
			best = median;
	}
	return best;
}

size_t
bench_bar_collect(const struct bench_results *results, const struct bench_bar_select *select,
                  bool aged, double *values, size_t room, const struct bench_result **worst)
{
	double largest = 0, base;
	size_t nb = 0;
	uint32_t i;

	*worst = NULL;
	for (i = 0; i < results->nb && nb < room; i++) {
		if (!bench_bar_matches(results->result[i], select, aged))
			continue;
		base = select->base == NULL ? 1 : base_of(results, i, select->base);
		if (!(base > 0))
			continue;
		values[nb] = results->result[i]->summary.median / base;
		if (*worst == NULL || values[nb] > largest) {
			largest = values[nb];
			*worst = results->result[i];
		}
		nb++;
	}
	return nb;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mempool_labyrinth.h>

#include "app_message.h"
#include "bar.h"
#include "budget.h"
#include "cells.h"
#include "pools.h"
#include "progress.h"
#include "runner.h"
#include "stop.h"
#include "workloads.h"

/* Who takes part in a section, in this order: the first is what others are compared with. */
enum set {
	STOCK_TOO,
	RING_FIRST,
	STRICT_TOO,
	RING_ONLY
};

/** Some of the cells, written as on the command line. */
struct section {
	const char *workloads[3];
	const char *cache;
	const char *lcores;
	const char *bulk;
	const char *kept;
	struct bench_numbers size;
	enum set set;
	bool aged;
	uint32_t elt; /* 0: as --elt says */
};

#define BULKS "1,8,32,128"
/* Small enough to be cheap; one object more than elsewhere, so that it counts apart. */
#define SMALL_SIZE  (BENCH_BAR_SIZE + 1)
#define LARGE_SIZE  BENCH_BAR_LARGE
#define LARGE_QUICK 65535

/* clang-format off */
#define USUAL {1, {BENCH_BAR_SIZE}}

static const struct section sections[] = {
	{{"touch"}, "256", "1,2", BULKS, "128,512,4096", USUAL, STOCK_TOO, false, 0},
	{{"touch"}, "256", "1,2", BULKS, "128,512,4096", USUAL, RING_FIRST, true, 0},
	{{"touch"}, "256", "2", "8,32,128", "4096", USUAL, RING_FIRST, false, BENCH_BAR_ELT},
	{{"touch"}, "256", "2", "8,32,128", "4096", USUAL, RING_FIRST, true, BENCH_BAR_ELT},
	{{"touch"}, "0", "1,2", BULKS, "512", USUAL, RING_FIRST, false, 0},
	{{"touch"}, "0", "1,2", BULKS, "512", USUAL, RING_FIRST, true, 0},
	{{"touch"}, "256", "1", "8,32,128", "512", USUAL, STRICT_TOO, false, 0},
	{{"fill"}, "256", "1", "8,32,128", "512", USUAL, RING_ONLY, false, 0},
	{{"loop"}, "0,256", "2,2@1", BULKS, "512", USUAL, RING_FIRST, false, 0},
	{{"latency"}, "0,256", "2@1", "1,32", "512", USUAL, RING_FIRST, false, 0},
	{{"pipe"}, "256", "2", "8,32,128", "512", USUAL, RING_FIRST, false, 0},
	{{"pipe"}, "256", "2", "8,32,128", "512", USUAL, RING_FIRST, true, 0},
	{{"pass"}, "256", "2", "8,32,128", "512", USUAL, RING_FIRST, false, 0},
	{{"nullio"}, "256", "1", "32", "512", USUAL, RING_FIRST, false, 0},
	{{"touch"}, "256", "1", "32", "512", {2, {SMALL_SIZE, LARGE_SIZE}}, RING_FIRST, false, 0},
	{{"create"}, "256", "1", "32", "512", {1, {LARGE_SIZE}}, RING_FIRST, false, 0},
	{{"copy"}, "256", "1", BULKS, "512", USUAL, RING_FIRST, false, 0},
};
/* clang-format on */

static unsigned int
choose(struct bench_options *o, enum set set, struct bench_handler **chosen)
{
	static const char *const sets[][4] = {
		[STOCK_TOO] = {BENCH_BAR_RING, BENCH_BAR_FAST, BENCH_BAR_GUARD},
		[RING_FIRST] = {BENCH_BAR_RING, BENCH_BAR_FAST, BENCH_BAR_GUARD},
		[STRICT_TOO] = {BENCH_BAR_RING, BENCH_BAR_STRICT, BENCH_BAR_SHORT},
		[RING_ONLY] = {BENCH_BAR_RING},
	};
	unsigned int i, nb = 0;
	int found;

	for (i = 0; sets[set][i] != NULL; i++) {
		found = bench_handlers_find(&o->handlers, sets[set][i]);
		if (found >= 0)
			chosen[nb++] = &o->handlers.handler[found];
	}
	for (i = 0; set == STOCK_TOO && i < o->handlers.nb; i++)
		if (strcmp(o->handlers.handler[i].name, RTE_LABYRINTH_OPS_NAME) != 0 &&
		    strcmp(o->handlers.handler[i].label, BENCH_BAR_RING) != 0)
			chosen[nb++] = &o->handlers.handler[i];
	return nb;
}

/** Leave out what is only more of the same. */
static void
make_quick(struct bench_options *own)
{
	struct bench_numbers bulk = own->bulk;
	uint32_t i;

	for (own->bulk.nb = 0, i = 0; i < bulk.nb; i++)
		if (bulk.value[i] == 1 || bulk.value[i] == 32)
			own->bulk.value[own->bulk.nb++] = bulk.value[i];
	for (i = 0; i < own->size.nb; i++)
		own->size.value[i] = RTE_MIN(own->size.value[i], (uint32_t)LARGE_QUICK);
}

/** The options that make the cells of a section. */
static int
section_options(const struct bench_options *o, const struct section *section,
                struct bench_options *own)
{
	*own = *o;
	for (own->nb_workloads = 0; section->workloads[own->nb_workloads] != NULL;
	     own->nb_workloads++)
		own->workloads[own->nb_workloads] =
			bench_workload_find(section->workloads[own->nb_workloads]);
	own->size = section->size;
	own->aged = section->aged;
	if (section->elt != 0)
		own->elt = section->elt;
	own->touch_lines = RTE_MIN(own->touch_lines, own->elt / RTE_CACHE_LINE_SIZE);
	if (bench_list_numbers("cache", section->cache, 0, UINT32_MAX, &own->cache) != 0 ||
	    bench_list_lcores("lcores", section->lcores, BENCH_MAX_WORKERS, &own->lcores) != 0 ||
	    bench_list_numbers("bulk", section->bulk, 1, BENCH_MAX_BULK, &own->bulk) != 0 ||
	    bench_list_numbers("kept", section->kept, 1, UINT32_MAX, &own->kept) != 0)
		return -1;
	if (o->quick)
		make_quick(own);
	return 0;
}

/** Mbufs of --elt bytes where a million of them fit, else smaller ones, on all sides. */
static void
fit(struct bench_cells *cells, uint32_t elt)
{
	uint32_t i;
	bool small = false;

	for (i = 0; i < cells->nb; i++)
		small |= !bench_budget_allows(&cells->cell[i], 1);
	for (i = 0; small && i < cells->nb; i++)
		cells->cell[i].elt = elt;
	if (small)
		app_notice("not enough memory for the largest pools: objects of %u bytes there",
		           elt);
}

static int
measure_section(struct bench_options *options, const struct section *section,
                struct bench_results *results)
{
	struct bench_handler *chosen[BENCH_MAX_HANDLERS];
	unsigned int nb = choose(options, section->set, chosen);
	struct bench_cells cells = {0};
	struct bench_options own;
	int ret;

	ret = section_options(options, section, &own);
	if (ret == 0)
		ret = bench_cells_make(&own, &cells);
	if (ret == 0 && section->size.value[0] != BENCH_BAR_SIZE)
		fit(&cells, BENCH_LEAST_MBUF);
	if (ret == 0) {
		puts(section->aged ? "\nAged pools:" : "\nFresh pools:");
		ret = bench_run_cells(&own, &cells, chosen, nb, results);
	}
	bench_cells_free(&cells);
	return ret;
}

int
bench_bar_measure(struct bench_options *options, struct bench_results *results)
{
	struct bench_options own;
	struct bench_cells cells;
	unsigned int i;
	int ret;

	for (i = 0; i < RTE_DIM(sections); i++) {
		memset(&cells, 0, sizeof(cells));
		ret = section_options(options, &sections[i], &own);
		if (ret == 0)
			ret = bench_cells_make(&own, &cells);
		bench_progress_add(&cells);
		bench_cells_free(&cells);
		if (ret != 0)
			return -1;
	}
	for (i = 0; i < RTE_DIM(sections) && !bench_stop_asked(); i++)
		if (measure_section(options, &sections[i], results) != 0)
			return -1;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_lcore.h>

#include "app_message.h"
#include "cells.h"
#include "place.h"
#include "pools.h"

/* As many as other programs have: the depot's share must not be tiny. */
#define LEAST_SIZE 8191
/* Where lcores share a CPU a sample must see many turns of the scheduler. */
#define SHARED_PATIENCE 5

int
bench_cell_complete(struct bench_cell *cell)
{
	const uint32_t flags = cell->workload->flags;
	unsigned int ids[BENCH_MAX_WORKERS];
	uint64_t least = bench_pool_least(cell);

	if (((flags & BENCH_MBUFS) != 0 && cell->elt < BENCH_LEAST_MBUF) ||
	    cell->bulk > cell->kept || ((flags & BENCH_PAIRS) != 0 && cell->lcores % 2 != 0) ||
	    ((flags & BENCH_ALONE) != 0 && cell->lcores > 1))
		return 1;
	if (cell->cpus == 0)
		cell->cpus = bench_place_cpus(cell->lcores);
	if (bench_place(cell->lcores, cell->cpus, ids) != 0) {
		app_error("--lcores=%u@%u: EAL has %u lcores on %u CPUs; give it more (EAL "
		          "--lcores=0@0,1@1,2@0 is three on two)",
		          cell->lcores, cell->cpus, rte_lcore_count(),
		          bench_place_cpus(RTE_MAX_LCORE));
		return -1;
	}
	if (cell->size == 0) {
		cell->size =
			rte_align32pow2((uint32_t)RTE_MAX(least, (uint64_t)LEAST_SIZE) + 1) - 1;
		return 0;
	}
	/* The library itself wants room for one cache and a half. */
	if (cell->size < least && (flags & BENCH_NO_POOL) == 0) {
		app_error("--size=%u: too small for %u lcores which keep %u objects and a cache "
		          "of %u each; give %" PRIu64 " or more",
		          cell->size, cell->lcores, cell->kept, cell->cache, least);
		return -1;
	}
	return 0;
}

static int
add(struct bench_cells *cells, struct bench_cell cell)
{
	int ret = bench_cell_complete(&cell);

	if (ret != 0) {
		cells->left_out += ret > 0;
		return ret;
	}
	cells->cell[cells->nb++] = cell;
	return 0;
}

/** How many points an axis has; one, where it means nothing to a workload. */
static uint32_t
count(uint32_t nb, const struct bench_workload *workload, uint32_t flags)
{
	return (workload->flags & flags) != 0 ? 1 : RTE_MAX(nb, 1u);
}

/** All cells of a workload, the last axis fastest. */
static int
add_workload(const struct bench_options *o, const struct bench_workload *workload,
             struct bench_cells *cells)
{
	const struct bench_numbers *kept =
		(workload->flags & BENCH_RING) != 0 ? &o->ring : &o->kept;
	const uint32_t caches = count(o->cache.nb, workload, BENCH_NO_POOL);
	const uint32_t sizes = count(o->size.nb, workload, BENCH_NO_POOL);
	const uint32_t bulks = count(o->bulk.nb, workload, BENCH_OWN_CLOCK);
	const uint32_t keeps = count(kept->nb, workload, BENCH_OWN_CLOCK | BENCH_MBUFS);
	const uint32_t places = count(o->lcores.nb, workload, BENCH_OWN_CLOCK);
	const uint32_t total = caches * places * bulks * keeps * sizes;
	uint32_t i, rest;

	for (i = 0; i < total; i++) {
		struct bench_cell cell = {
			.workload = workload,
			.elt = o->elt,
			.touch_lines = o->touch_lines,
			.aged = o->aged &&
		                (workload->flags & (BENCH_NO_POOL | BENCH_OWN_CLOCK)) == 0,
		};

		rest = i;
		cell.size = o->size.value[rest % sizes];
		rest /= sizes;
		cell.kept = kept->value[rest % keeps];
		rest /= keeps;
		cell.bulk = o->bulk.value[rest % bulks];
		rest /= bulks;
		cell.lcores = o->lcores.place[rest % places].lcores;
		cell.cpus = o->lcores.place[rest % places].cpus;
		cell.cache = o->cache.value[rest / places];
		if (add(cells, cell) < 0)
			return -1;
	}
	return 0;
}

int
bench_cells_make(const struct bench_options *o, struct bench_cells *cells)
{
	uint64_t most = (uint64_t)o->nb_workloads * RTE_MAX(o->cache.nb, 1u) * o->lcores.nb *
	                o->bulk.nb * RTE_MAX(o->kept.nb, o->ring.nb) * RTE_MAX(o->size.nb, 1u);
	uint32_t i;

	memset(cells, 0, sizeof(*cells));
	cells->cell = calloc(most, sizeof(*cells->cell));
	if (cells->cell == NULL) {
		app_error("no memory for %" PRIu64 " cells", most);
		return -1;
	}
	for (i = 0; i < o->nb_workloads; i++)
		if (add_workload(o, o->workloads[i], cells) != 0)
			return -1;
	if (cells->nb > 0)
		return 0;
	app_error("no cell left to measure: give another --bulk, --kept or --lcores");
	return -1;
}

uint32_t
bench_cell_patience(const struct bench_cell *cell)
{
	return cell->workload->patience * (cell->lcores > cell->cpus ? SHARED_PATIENCE : 1);
}

void
bench_cells_free(struct bench_cells *cells)
{
	free(cells->cell);
	memset(cells, 0, sizeof(*cells));
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "devices.h"
#include "harness.h"
#include "nics.h"
#include "pools.h"
#include "queue.h"
#include "regions.h"
#include "rte_mempool_labyrinth.h"

/* As many buffers as some queues have in flight. */
#define IN_FLIGHT 8192
/* How much more than in one region a lookup may cost with halls=auto, and tries. */
#define MORE_NS 2.0
#define TRIES   4

static const struct nics_device mlx5 = {
	.name = "0000:01:00.0",
	.bus = "pci",
	.driver = "mlx5_pci",
	.is = NICS_MAPS,
};

static const struct way {
	const char *name;
	const char *options;
	unsigned int halls; /* at most so many; 0: EAL's memory */
	unsigned int there; /* devices of mlx5 */
} ways[] = {
	{"1", "backing=maze,halls=1", 1, 0},    {"8", "backing=maze,halls=8", 8, 0},
	{"64", "backing=maze,halls=64", 64, 0}, {"auto", "backing=auto", 1, 1},
	{"eal", "backing=eal", 0, 0},
};

static const unsigned int sizes[] = {800, 20000, 50000, 120000, 350000};

struct row {
	unsigned int chunks;
	unsigned int regions;
	unsigned int ranges;
	unsigned int walls;
	unsigned int wrong;
	double lookup;
	double one; /* lookup if all were in one region */
};

static void
look(struct rte_mempool *mp, struct row *row)
{
	struct nics_range *ranges = calloc(mp->nb_mem_chunks, sizeof(*ranges));
	struct nics_range all = {0, UINTPTR_MAX};
	unsigned int n = RTE_MIN(mp->size, IN_FLIGHT);
	unsigned int i;

	if (ranges == NULL)
		die("no memory");
	row->chunks = mp->nb_mem_chunks;
	row->regions = nics_ranges_of_pool(mp, ranges);
	row->ranges = nics_ranges_of_eal(mp, &row->walls);
	row->wrong = nics_iovas_wrong(mp);
	/* Somebody else's turn on this CPU is no cost of ours. */
	for (i = 0; i < TRIES; i++) {
		row->one = nics_lookup_ns(mp, &all, 1, n);
		row->lookup = nics_lookup_ns(mp, ranges, row->regions, n);
		if (row->lookup - row->one <= MORE_NS)
			break;
	}
	free(ranges);
}

static void
judge(const struct way *way, unsigned int n, const struct row *row)
{
	bool pa = rte_eal_iova_mode() == RTE_IOVA_PA;

	if (way->halls == 0) {
		check(row->wrong == 0 && (pa || row->chunks == 1),
		      "eal, %u mbufs: %u chunks; as bnxt: %u wrong IOVAs", n, row->chunks,
		      row->wrong);
		return;
	}
	check(row->regions <= way->halls + 1, "halls=%s, %u mbufs: as mlx5: %u regions, at most %u",
	      way->name, n, row->regions, way->halls + 1);
	check(row->ranges >= 1 && row->ranges <= way->halls && row->walls == 0,
	      "halls=%s, %u mbufs: as mlx4: %u ranges with %u walls, at most %u and none",
	      way->name, n, row->ranges, row->walls, way->halls);
	check(row->wrong == 0, "halls=%s, %u mbufs: as bnxt: %u wrong IOVAs", way->name, n,
	      row->wrong);
	check(pa || row->chunks <= way->halls + 1, "halls=%s, %u mbufs: as mana: %u chunks",
	      way->name, n, row->chunks);
	if (way->there > 0)
		check(row->lookup - row->one <= MORE_NS,
		      "halls=%s, %u mbufs: a lookup costs %.1f ns, in one region %.1f: at most "
		      "%.0f more",
		      way->name, n, row->lookup, row->one, MORE_NS);
}

/* What the pool tells of itself is what drivers see. */
static void
told(const struct way *way, unsigned int n, const struct rte_mempool *mp,
     const struct rte_labyrinth_info *info)
{
	check(info->chunks == mp->nb_mem_chunks && info->chunks > 0,
	      "halls=%s, %u mbufs: tells of %u chunks", way->name, n, info->chunks);
	check(way->halls == 0 ? info->halls == 0 : info->halls >= 1 && info->halls <= way->halls,
	      "halls=%s, %u mbufs: tells of %u halls", way->name, n, info->halls);
}

static void
one(const struct way *way, unsigned int n)
{
	struct pool_spec spec = {.name = "nics", .n = n, .config = way->options};
	struct rte_labyrinth_info info;
	struct rte_mempool *mp;
	struct row row;

	nics_devices_set(&mlx5, way->there);
	log_clear();
	mp = pool_make(&spec);
	if (mp == NULL && rte_errno == ENOMEM) {
		skip("a pool of this size", "too little memory");
		return;
	}
	if (mp == NULL || rte_labyrinth_info_get(mp, &info) != 0) {
		check(false, "halls=%s, %u mbufs: no pool: %s", way->name, n,
		      rte_strerror(rte_errno));
		return;
	}
	told(way, n, mp, &info);
	look(mp, &row);
	rte_mempool_free(mp);
	printf("  %-5s %7u %7u %7u %7u %6u %6u %8.1f %8.1f\n", way->name, n, row.chunks,
	       row.regions, row.ranges, row.walls, row.wrong, row.lookup, row.lookup - row.one);
	judge(way, n, &row);
}

void
nics_table(void)
{
	unsigned int i;
	unsigned int j;

	note("IOVA as %s, %s pages", rte_eal_iova_mode() == RTE_IOVA_PA ? "PA" : "VA",
	     eal_huge() ? "huge" : "4 KiB");
	note("halls   mbufs  chunks    mlx5    mlx4  walls   bnxt   lookup   more than in one");
	note("                      regions  ranges         wrong       ns         region, ns");
	for (i = 0; i < RTE_DIM(sizes); i++) {
		for (j = 0; j < RTE_DIM(ways); j++)
			one(&ways[j], sizes[i]);
	}
	nics_devices_set(NULL, 0);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The option fail: of so many gets of a pool one fails, in every profile and
 * backing, with DPDK's cache asked for or not, and nothing is lost by it.
 */

#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"
#include "traces.h"

#define FAIL   20
#define ROUNDS 50

static void
one_in_so_many(struct rte_mempool *mp, const char *what)
{
	struct rte_labyrinth_stats stats;
	unsigned int failed = 0;
	unsigned int wrong = 0;
	void *objects[32];
	unsigned int i;

	for (i = 0; i < FAIL * ROUNDS; i++) {
		int ret = rte_mempool_get_bulk(mp, objects, 1 + i % 32);

		failed += ret == -ENOENT;
		wrong += ret != 0 && ret != -ENOENT;
		if (ret == 0)
			rte_mempool_put_bulk(mp, objects, 1 + i % 32);
	}
	check(failed == ROUNDS && wrong == 0, "%s: %u of %u gets failed", what, failed,
	      FAIL * ROUNDS);
	check(rte_labyrinth_stats_get(mp, &stats) == 0 && stats.injected == ROUNDS &&
	              stats.failures == 0 && rte_mempool_avail_count(mp) == mp->size,
	      "%s: they are counted, and all is free", what);
}

static void
pool_with(const char *config)
{
	struct pool_spec spec = {.name = "failing", .cache = 64, .config = config};
	struct traces before;
	struct rte_mempool *mp;

	traces_take(&before);
	mp = pool_must(&spec);
	one_in_so_many(mp, config);
	rte_mempool_free(mp);
	traces_check(config, &before);
}

/* mbufs find their way out as objects do. */
static void
mbufs(void)
{
	struct pool_spec spec = {.name = "mbufs", .config = "fail=1"};
	struct rte_mempool *mp = pool_must(&spec);

	rte_errno = 0;
	check(rte_pktmbuf_alloc(mp) == NULL, "fail=1: no mbuf can be had");
	rte_mempool_free(mp);
}

static void
off(const char *config)
{
	struct pool_spec spec = {.name = "off", .config = config};
	struct rte_labyrinth_stats stats;
	struct rte_mempool *mp = pool_must(&spec);
	unsigned int failed = 0;
	void *object;
	unsigned int i;

	for (i = 0; i < 10000; i++) {
		failed += rte_mempool_get(mp, &object) != 0;
		rte_mempool_put(mp, object);
	}
	check(failed == 0 && rte_labyrinth_stats_get(mp, &stats) == 0 && stats.injected == 0,
	      "%s: no get of 10000 fails", config);
	rte_mempool_free(mp);
}

int
main(void)
{
	static const char *const configs[] = {
		"backing=maze,fail=20",
		"backing=eal,fail=20",
		"backing=maze,profile=fast,fail=20",
		"backing=eal,profile=fast,fail=20",
		"backing=maze,profile=strict,trace=4,fail=20",
		"backing=eal,profile=strict,trace=4,fail=20",
	};
	unsigned int i;

	eal_start("failures", 64, "-l 0");
	traces_warm_up();
	for (i = 0; i < RTE_DIM(configs); i++)
		pool_with(configs[i]);
	mbufs();
	off("fail=off");
	off("fail=0");
	off("profile=strict");
	return finish();
}

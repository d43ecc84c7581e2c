/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "harness.h"
#include "nics.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"

#define RING  512
#define TURNS 200

static unsigned int
violations(const struct rte_mempool *mp)
{
	struct rte_labyrinth_stats stats;

	if (rte_labyrinth_stats_get(mp, &stats) != 0)
		die("no statistics");
	return (unsigned int)stats.violations;
}

/*
 * As the vector drivers of Intel: a receive queue is filled with 32 or 64 buffers at
 * once or not at all, from the cache if the pool has one.
 */
static int
rearm(struct rte_mempool *mp, void **ring, unsigned int n)
{
	struct rte_mempool_cache *cache = rte_mempool_default_cache(mp, rte_lcore_id());

	return rte_mempool_generic_get(mp, ring, n, cache);
}

static void
nearly_empty(const char *config, unsigned int bulk)
{
	struct pool_spec spec = {.name = "vector", .n = 1000, .config = config, .cache = 256};
	struct rte_mempool *mp = pool_must(&spec);
	void *ring[1024];
	unsigned int n = 0;
	unsigned int refused = 0;
	unsigned int left;

	while (rearm(mp, ring + n, bulk) == 0)
		n += bulk;
	while (refused < 100 && rearm(mp, ring + n, bulk) == -ENOENT)
		refused++;
	/* What is too little for a bulk can be had one by one. */
	for (left = 0; n < RTE_DIM(ring) && rte_mempool_get(mp, &ring[n]) == 0; left++)
		n++;
	check(refused == 100 && n == 1000 && left == 1000 % bulk && all_distinct(ring, n),
	      "%s: as Intel's vector drivers, bulks of %u: all refused at the end, then %u one by "
	      "one",
	      config, bulk, left);
	rte_mempool_put_bulk(mp, ring, n);
	check(rte_mempool_avail_count(mp) == 1000 && violations(mp) == 0, "%s: and %u are back",
	      config, rte_mempool_avail_count(mp));
	rte_mempool_free(mp);
}

/* As drivers that allocate and free one buffer per call, both ways. */
static void
one_by_one(const char *config)
{
	struct pool_spec spec = {.name = "single", .n = 2047, .config = config, .cache = 256};
	struct rte_mempool *mp = pool_must(&spec);
	struct rte_mbuf *receive[RING];
	struct rte_mbuf *transmit[RING];
	unsigned int missing = 0;
	unsigned int turn;
	unsigned int i;

	for (i = 0; i < RING; i++) {
		receive[i] = rte_mbuf_raw_alloc(mp);
		transmit[i] = NULL;
		missing += receive[i] == NULL;
	}
	for (turn = 0; turn < TURNS && missing == 0; turn++) {
		for (i = 0; i < RING; i++) {
			/* What is sent is freed when its place is needed again. */
			if (transmit[i] != NULL)
				rte_pktmbuf_free_seg(transmit[i]);
			transmit[i] = receive[i];
			rte_pktmbuf_reset(transmit[i]);
			receive[i] = rte_mbuf_raw_alloc(mp);
			missing += receive[i] == NULL;
		}
	}
	for (i = 0; i < RING && missing == 0; i++) {
		rte_pktmbuf_free_seg(transmit[i]);
		rte_mbuf_raw_free(receive[i]);
	}
	check(missing == 0 && rte_mempool_avail_count(mp) == 2047 && violations(mp) == 0,
	      "%s: one buffer per call, %u turns of rings of %u: none missing", config, turn, RING);
	rte_mempool_free(mp);
}

/* Buffers that were sent go back into the receive ring, past the pool. */
static void
recycled(const char *config)
{
	struct pool_spec spec = {.name = "recycled", .n = 2047, .config = config};
	struct rte_mempool *mp = pool_must(&spec);
	struct rte_mbuf *ring[2][RING];
	unsigned int turn;
	unsigned int i;

	if (rte_pktmbuf_alloc_bulk(mp, ring[0], RING) != 0 ||
	    rte_pktmbuf_alloc_bulk(mp, ring[1], RING) != 0)
		die("no buffers");
	for (turn = 0; turn < TURNS; turn++) {
		for (i = 0; i < RING; i++) {
			struct rte_mbuf *sent = ring[turn & 1][i];

			memset(rte_pktmbuf_mtod(sent, void *), (int)turn, 64);
			ring[turn & 1][i] = ring[~turn & 1][RING - 1 - i];
			ring[~turn & 1][RING - 1 - i] = sent;
		}
	}
	rte_pktmbuf_free_bulk(ring[0], RING);
	rte_pktmbuf_free_bulk(ring[1], RING);
	check(rte_mempool_avail_count(mp) == 2047 && violations(mp) == 0,
	      "%s: buffers recycled %u times past the pool are no violation", config, turn);
	rte_mempool_free(mp);
}

/*
 * A transmit queue with fast free puts all it has sent into the pool of the first: a
 * program that sends buffers of two pools there breaks its promise.
 */
static void
two_pools(const char *config, bool found)
{
	struct pool_spec one = {.name = "fast_one", .n = 511, .config = config};
	struct pool_spec two = {.name = "fast_two", .n = 511, .config = config};
	struct rte_mempool *first = pool_must(&one);
	struct rte_mempool *second = pool_must(&two);
	void *sent[64];
	unsigned int wrong;
	unsigned int i;

	for (i = 0; i < RTE_DIM(sent); i++) {
		if (rte_mempool_get(i % 2 == 0 ? first : second, &sent[i]) != 0)
			die("no buffers");
	}
	rte_mempool_put_bulk(first, sent, RTE_DIM(sent));
	wrong = violations(first);
	check(wrong == (found ? RTE_DIM(sent) / 2 : 0),
	      "%s: fast free of two pools: %u of %zu found in the wrong one", config, wrong,
	      RTE_DIM(sent) / 2);
	if (found)
		check(rte_mempool_avail_count(first) == 511, "%s: the first pool has its own, %u",
		      config, rte_mempool_avail_count(first));
	rte_mempool_free(second);
	rte_mempool_free(first);
}

void
nics_rings(void)
{
	static const char *const configs[] = {
		"violation=report,backing=maze,halls=1",
		"violation=report,backing=maze",
		"violation=report,backing=eal",
		"violation=report,backing=maze,profile=strict",
		"violation=report,backing=maze,profile=fast",
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(configs); i++) {
		nearly_empty(configs[i], 32);
		nearly_empty(configs[i], 64);
		one_by_one(configs[i]);
		recycled(configs[i]);
	}
	two_pools(configs[0], true);
	two_pools(configs[3], true);
}

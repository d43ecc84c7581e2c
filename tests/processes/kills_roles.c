/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The two processes that share a pool: the primary, and the secondary that is killed.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "kills.h"
#include "rte_mempool_labyrinth.h"
#include "whole.h"

#define BURST     32
#define BULK_MOST 64
#define HELD_MOST 256

static _Atomic bool pause_wanted;
static _Atomic bool paused;
static _Atomic bool stopped;
static struct rte_mempool *pool;

static struct rte_mempool *
make_pool(void)
{
	const char *ops = getenv(KILLS_OPS);

	if (strcmp(ops, RTE_LABYRINTH_OPS_NAME) == 0)
		return rte_labyrinth_pktmbuf_pool_create(KILLS_POOL, KILLS_SIZE, 0, 0, 256,
		                                         SOCKET_ID_ANY, getenv(KILLS_WITH));
	return rte_pktmbuf_pool_create_by_ops(KILLS_POOL, KILLS_SIZE, 0, 0, 256, SOCKET_ID_ANY,
	                                      ops);
}

static int
forward(void *arg)
{
	struct kills_shared *shared = arg;
	void *objects[BURST];

	while (!atomic_load(&stopped)) {
		atomic_store(&paused, atomic_load(&pause_wanted));
		if (atomic_load(&paused))
			continue;
		if (rte_mempool_get_bulk(pool, objects, BURST) != 0)
			continue;
		rte_mempool_put_bulk(pool, objects, BURST);
		atomic_fetch_add(&shared->rounds, 1);
	}
	return 0;
}

static void
reclaim(struct kills_shared *shared)
{
	struct rte_labyrinth_recovery found = {0};
	unsigned int tries = 0;

	if (!rte_labyrinth_is(pool))
		return;
	do {
		shared->ret = rte_labyrinth_reclaim(NULL, &found);
		shared->reclaimed += found.reclaimed;
		shared->in_lanes += found.frames;
	} while ((shared->ret == -EAGAIN || shared->ret == -EBUSY) && ++tries < 100);
}

static void
count(struct kills_shared *shared)
{
	static void *taken[KILLS_SIZE + BURST];
	struct rte_labyrinth_stats stats;

	atomic_store(&pause_wanted, true);
	while (!atomic_load(&paused))
		usleep(100);
	shared->free = rte_mempool_avail_count(pool);
	if (rte_labyrinth_stats_get(pool, &stats) == 0)
		shared->free = stats.available + stats.cached;
	shared->got = whole_count(pool, taken, RTE_DIM(taken), &shared->twice);
	atomic_store(&pause_wanted, false);
}

int
kills_primary(struct kills_shared *shared, int argc, char **argv)
{
	uint32_t last = 0, order;

	if (rte_eal_init(argc, argv) < 0)
		return EXIT_FAILURE;
	pool = make_pool();
	if (pool == NULL) {
		fprintf(stderr, "kills: no pool: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	if (rte_eal_remote_launch(forward, shared, rte_get_next_lcore(-1, 1, 0)) != 0)
		return EXIT_FAILURE;
	atomic_store(&shared->ready, true);
	do {
		while ((order = atomic_load(&shared->order)) == last)
			usleep(200);
		last = order;
		if (order % 4 == KILLS_RECLAIM)
			reclaim(shared);
		else if (order % 4 == KILLS_COUNT)
			count(shared);
		atomic_store(&shared->done, order);
	} while (order % 4 != KILLS_END);
	atomic_store(&stopped, true);
	rte_eal_mp_wait_lcore();
	rte_mempool_free(pool);
	return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
kills_secondary(struct kills_shared *shared, int argc, char **argv)
{
	unsigned int random = (unsigned int)getpid(), held = 0;
	void *objects[HELD_MOST + BULK_MOST];

	if (rte_eal_init(argc, argv) < 0)
		return EXIT_FAILURE;
	pool = rte_mempool_lookup(KILLS_POOL);
	if (pool == NULL)
		return EXIT_FAILURE;
	for (;;) {
		unsigned int n = 1 + (unsigned int)rand_r(&random) % BULK_MOST;

		if (rte_mempool_get_bulk(pool, &objects[held], n) == 0)
			held += n;
		/* Down to fewer, the last ones first, whenever there are many. */
		n = held > HELD_MOST ? held : 1 + (unsigned int)rand_r(&random) % BULK_MOST;
		n = RTE_MIN(n, held);
		held -= n;
		if (n > 0)
			rte_mempool_put_bulk(pool, &objects[held], n);
		atomic_fetch_add(&shared->other_rounds, 1);
	}
}

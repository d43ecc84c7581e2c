/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A program that brings mempool ops of its own, as VPP does: how many DPDK takes, and whose a
 * pool is that is made then.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

static int
own_alloc(struct rte_mempool *mp)
{
	(void)mp;
	return -ENOTSUP;
}

static void
own_free(struct rte_mempool *mp)
{
	(void)mp;
}

static int
own_enqueue(struct rte_mempool *mp, void *const *objects, unsigned int n)
{
	(void)mp;
	(void)objects;
	(void)n;
	return -ENOBUFS;
}

static int
own_dequeue(struct rte_mempool *mp, void **objects, unsigned int n)
{
	(void)mp;
	(void)objects;
	(void)n;
	return -ENOENT;
}

static unsigned int
own_get_count(const struct rte_mempool *mp)
{
	(void)mp;
	return 0;
}

int
main(int argc, char **argv)
{
	struct rte_mempool_ops ops = {
		.alloc = own_alloc,
		.free = own_free,
		.enqueue = own_enqueue,
		.dequeue = own_dequeue,
		.get_count = own_get_count,
	};
	struct rte_mempool *mp;
	unsigned int n = 0;

	if (rte_eal_init(argc, argv) < 0)
		return EXIT_FAILURE;
	do
		snprintf(ops.name, sizeof(ops.name), "own_%u", n);
	while (rte_mempool_register_ops(&ops) >= 0 && ++n < RTE_MEMPOOL_MAX_OPS_IDX);
	mp = rte_pktmbuf_pool_create("packets", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
	                             SOCKET_ID_ANY);
	if (mp == NULL)
		return EXIT_FAILURE;
	printf("places: %u, pool: %s, free: %u\n", n, rte_mempool_get_ops(mp->ops_index)->name,
	       rte_mempool_avail_count(mp));
	rte_mempool_free(mp);
	return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A test plugin that leaves no room in the table of mempool ops. Loaded before
 * the driver, it makes the driver's registration fail. The last of its ops has the
 * name in the environment variable CROWD_LAST, if there is one.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_mempool.h>

static int
crowd_alloc(struct rte_mempool *mp)
{
	(void)mp;
	return -ENOTSUP;
}

static void
crowd_free(struct rte_mempool *mp)
{
	(void)mp;
}

static int
crowd_enqueue(struct rte_mempool *mp, void *const *objects, unsigned int n)
{
	(void)mp;
	(void)objects;
	(void)n;
	return -ENOBUFS;
}

static int
crowd_dequeue(struct rte_mempool *mp, void **objects, unsigned int n)
{
	(void)mp;
	(void)objects;
	(void)n;
	return -ENOENT;
}

static unsigned int
crowd_get_count(const struct rte_mempool *mp)
{
	(void)mp;
	return 0;
}

RTE_INIT(crowd_init)
{
	struct rte_mempool_ops ops = {
		.alloc = crowd_alloc,
		.free = crowd_free,
		.enqueue = crowd_enqueue,
		.dequeue = crowd_dequeue,
		.get_count = crowd_get_count,
	};

	while (rte_mempool_ops_table.num_ops < RTE_MEMPOOL_MAX_OPS_IDX) {
		snprintf(ops.name, sizeof(ops.name), "crowd_%u", rte_mempool_ops_table.num_ops);
		if (rte_mempool_ops_table.num_ops == RTE_MEMPOOL_MAX_OPS_IDX - 1 &&
		    getenv("CROWD_LAST") != NULL)
			snprintf(ops.name, sizeof(ops.name), "%s", getenv("CROWD_LAST"));
		rte_mempool_register_ops(&ops);
	}
}

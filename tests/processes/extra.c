/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A plugin with mempool ops of its own, which no pool uses: who loads it before
 * the driver has the driver at another index of the table.
 */

#include <errno.h>

#include <rte_common.h>
#include <rte_mempool.h>

static int
extra_alloc(struct rte_mempool *mp)
{
	(void)mp;
	return -ENOTSUP;
}

static void
extra_free(struct rte_mempool *mp)
{
	(void)mp;
}

static int
extra_enqueue(struct rte_mempool *mp, void *const *objects, unsigned int n)
{
	(void)mp;
	(void)objects;
	(void)n;
	rte_panic("the wrong enqueue was called\n");
}

static int
extra_dequeue(struct rte_mempool *mp, void **objects, unsigned int n)
{
	(void)mp;
	(void)objects;
	(void)n;
	rte_panic("the wrong dequeue was called\n");
}

static unsigned int
extra_get_count(const struct rte_mempool *mp)
{
	(void)mp;
	return 0;
}

RTE_INIT(extra_init)
{
	static const struct rte_mempool_ops ops = {
		.name = "extra",
		.alloc = extra_alloc,
		.free = extra_free,
		.enqueue = extra_enqueue,
		.dequeue = extra_dequeue,
		.get_count = extra_get_count,
	};

	rte_mempool_register_ops(&ops);
}

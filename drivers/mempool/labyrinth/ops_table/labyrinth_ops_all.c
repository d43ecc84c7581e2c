/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * all=on: pools that name one of DPDK's rings, as rte_mempool_create() does by a pool's
 * flags, whatever EAL was told.
 *
 * Of a ring's entry in DPDK's table only the function that begins a pool is another
 * one then: it writes the driver's index into the pool, and lets the driver begin it. So
 * the pool itself says in every process whose it is, and one that is a ring stays a ring.
 */

#include <string.h>

#include <rte_common.h>
#include <rte_mempool.h>
#include <rte_spinlock.h>

#include "labyrinth_log.h"
#include "labyrinth_ops_all.h"
#include "labyrinth_options.h"
#include "rte_mempool_labyrinth.h"

static const char *const rings[] = {"ring_mp_mc", "ring_mp_sc", "ring_sp_mc", "ring_sp_sc"};

/* Its index in the table; negative: it is not there. */
static int32_t
find(const char *name)
{
	const struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	uint32_t i;

	for (i = 0; i < table->num_ops; i++) {
		if (strcmp(table->ops[i].name, name) == 0)
			return (int32_t)i;
	}
	return -1;
}

static int
begin(struct rte_mempool *mp)
{
	int32_t ring = mp->ops_index;
	int ret;

	/* Rings do not read it: whatever it is, options of ours it is not. */
	mp->pool_config = NULL;
	mp->ops_index = find(RTE_LABYRINTH_OPS_NAME);
	ret = rte_mempool_get_ops(mp->ops_index)->alloc(mp);
	if (ret != 0)
		mp->ops_index = ring;
	return ret;
}

void
labyrinth_ops_all_start(void)
{
	unsigned int i;

	if (!labyrinth_options_ask_all())
		return;
	if (find(RTE_LABYRINTH_OPS_NAME) < 0) {
		LAB_LOG(ERR, "all=on: the driver has no place among DPDK's mempool ops: no pool "
		             "follows");
		return;
	}
	rte_spinlock_lock(&rte_mempool_ops_table.sl);
	for (i = 0; i < RTE_DIM(rings); i++) {
		int32_t at = find(rings[i]);

		if (at >= 0)
			rte_mempool_ops_table.ops[at].alloc = begin;
	}
	rte_spinlock_unlock(&rte_mempool_ops_table.sl);
	LAB_LOG(NOTICE, "all=on: pools of ring_mp_mc, ring_mp_sc, ring_sp_mc and ring_sp_sc are "
	                "made by this driver");
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A place in DPDK's table of mempool ops, which DPDK's own handlers fill in some
 * releases. DPDK drops what it has no room for without a word to the program.
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_spinlock.h>
#include <rte_tailq.h>

#include "labyrinth_log.h"
#include "labyrinth_ops_place.h"
#include "labyrinth_refuse.h"

/* Places that a program may want for handlers of its own. */
#define SPARE 2

static bool displaced;

bool
labyrinth_ops_displaced(void)
{
	return displaced;
}

#ifdef RTE_ARCH_X86
/* Handlers of memory managers that are parts of Arm processors, the least known first. */
static const char *const foreign[] = {"cn20k_mempool_ops",
                                      "cn10k_hwpool_ops",
                                      "cn10k_mempool_ops",
                                      "cn9k_mempool_ops",
                                      "octeontx_fpavf",
                                      "dpaa2",
                                      "dpaa"};

/* Its index in the table; -1: none is there. */
static int
foreign_find(const struct rte_mempool_ops_table *table)
{
	unsigned int i;
	uint32_t at;

	for (i = 0; i < RTE_DIM(foreign); i++) {
		for (at = 0; at < table->num_ops; at++) {
			if (strcmp(table->ops[at].name, foreign[i]) == 0)
				return (int)at;
		}
	}
	return -1;
}

static void
pool_uses(struct rte_mempool *mp, void *at)
{
	int *index = at;

	if (mp->ops_index == *index)
		*index = -1;
}

static int
displace(const struct rte_mempool_ops *ops)
{
	struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	char name[RTE_MEMPOOL_OPS_NAMESIZE];
	int at;

	rte_spinlock_lock(&table->sl);
	at = foreign_find(table);
	/* Before EAL starts there are no pools, nor a list of them to walk. */
	if (at >= 0 && rte_eal_tailq_lookup("RTE_MEMPOOL") != NULL)
		rte_mempool_walk(pool_uses, &at);
	if (at >= 0) {
		memcpy(name, table->ops[at].name, sizeof(name));
		table->ops[at] = *ops;
		displaced = true;
	}
	rte_spinlock_unlock(&table->sl);
	if (at < 0)
		return -ENOSPC;
	LAB_LOG(NOTICE,
	        "DPDK's table of %d mempool ops is full: \"%s\" takes the place of \"%s\", whose "
	        "hardware no x86 machine has",
	        RTE_MEMPOOL_MAX_OPS_IDX, ops->name, name);
	return 0;
}

static void
pool_seen(struct rte_mempool *mp, void *seen)
{
	RTE_SET_USED(mp);
	*(bool *)seen = true;
}

static int
own_find(const struct rte_mempool_ops_table *table)
{
	uint32_t at;

	for (at = 0; at < table->num_ops; at++) {
		if (table->ops[at].enqueue == labyrinth_ops_get()->enqueue)
			return (int)at;
	}
	return -1;
}

void
labyrinth_ops_leave_room(void)
{
	struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	bool pools = false;
	int own;
	int at;

	/*
	 * Before EAL starts there is no list of pools to walk. The primary's pools follow the
	 * order that a secondary takes from it next.
	 */
	if (rte_eal_process_type() == RTE_PROC_PRIMARY &&
	    rte_eal_tailq_lookup("RTE_MEMPOOL") != NULL)
		rte_mempool_walk(pool_seen, &pools);
	rte_spinlock_lock(&table->sl);
	own = own_find(table);
	at = foreign_find(table);
	if (!pools && table->num_ops > RTE_MEMPOOL_MAX_OPS_IDX - SPARE && own >= 0 && at >= 0) {
		table->ops[at] = table->ops[own];
		table->num_ops--;
		memmove(&table->ops[own], &table->ops[own + 1],
		        (table->num_ops - (uint32_t)own) * sizeof(table->ops[0]));
		displaced = true;
	}
	rte_spinlock_unlock(&table->sl);
}
#else
void
labyrinth_ops_leave_room(void)
{
}

/* Which hardware there cannot be is not certain here. */
static int
displace(const struct rte_mempool_ops *ops)
{
	RTE_SET_USED(ops);
	return -ENOSPC;
}
#endif

int
labyrinth_ops_place(const struct rte_mempool_ops *ops)
{
	int ret = -ENOSPC;

	if (rte_mempool_ops_table.num_ops < RTE_MEMPOOL_MAX_OPS_IDX)
		ret = rte_mempool_register_ops(ops);
	if (ret == -ENOSPC)
		ret = displace(ops);
	if (ret >= 0)
		return 0;
	LAB_LOG(ERR,
	        "ops \"%s\" not registered: %s; DPDK's table of %d mempool ops is full: load fewer "
	        "handlers (build DPDK with fewer, or name drivers with -d)",
	        ops->name, rte_strerror(-ret), RTE_MEMPOOL_MAX_OPS_IDX);
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * One order of mempool ops in all processes.
 *
 * A pool names its ops by their index in a table that each process fills as it
 * loads its plugins, and the index is the primary's. A secondary that loaded
 * others, or in another order, would call the wrong functions. So before it uses
 * any pool, its table is put in the primary's order by the names in it.
 */

#include <errno.h>

#include <rte_mempool.h>
#include <rte_spinlock.h>
#include <rte_string_fns.h>

#include "labyrinth_log.h"
#include "labyrinth_ops_place.h"
#include "labyrinth_pool.h"
#include "labyrinth_refuse.h"
#include "labyrinth_shared.h"

/* Ops the primary has and this process has not. */
static int
absent_alloc(struct rte_mempool *mp)
{
	LAB_LOG(ERR, "pool %s: this process has not loaded its mempool ops, \"%s\"", mp->name,
	        rte_mempool_get_ops(mp->ops_index)->name);
	return -ENOTSUP;
}

static void
absent_free(struct rte_mempool *mp)
{
	LAB_LOG(ERR, "pool %s: not freed: this process has not loaded its mempool ops, \"%s\"",
	        mp->name, rte_mempool_get_ops(mp->ops_index)->name);
}

static int
absent_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	RTE_SET_USED(objs);
	RTE_SET_USED(n);
	return absent_alloc(mp);
}

static int
absent_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	RTE_SET_USED(objs);
	RTE_SET_USED(n);
	return absent_alloc(mp);
}

static unsigned int
absent_get_count(const struct rte_mempool *mp)
{
	RTE_SET_USED(mp);
	return 0;
}

static const struct rte_mempool_ops absent = {
	.alloc = absent_alloc,
	.free = absent_free,
	.enqueue = absent_enqueue,
	.dequeue = absent_dequeue,
	.get_count = absent_get_count,
};

/*
 * The driver goes last, so that the others are where they would be without it,
 * as they are in secondary processes that do not load it.
 */
static void
move_to_end(struct rte_mempool_ops_table *table)
{
	struct rte_mempool_ops mine;
	uint32_t i;

	for (i = 0; i < table->num_ops; i++) {
		if (strcmp(table->ops[i].name, RTE_LABYRINTH_OPS_NAME) == 0)
			break;
	}
	if (i == table->num_ops)
		return;
	mine = table->ops[i];
	memmove(&table->ops[i], &table->ops[i + 1],
	        (table->num_ops - i - 1) * sizeof(table->ops[0]));
	table->ops[table->num_ops - 1] = mine;
}

void
labyrinth_ops_publish(void)
{
	uint32_t i;

	rte_spinlock_lock(&rte_mempool_ops_table.sl);
	if (!labyrinth_ops_displaced())
		move_to_end(&rte_mempool_ops_table);
	rte_spinlock_unlock(&rte_mempool_ops_table.sl);

	labyrinth_shared->ops_count = rte_mempool_ops_table.num_ops;
	for (i = 0; i < labyrinth_shared->ops_count; i++)
		strlcpy(labyrinth_shared->ops[i], rte_mempool_ops_table.ops[i].name,
		        sizeof(labyrinth_shared->ops[i]));
}

static const struct rte_mempool_ops *
find(const struct rte_mempool_ops *ops, uint32_t count, const char *name)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(ops[i].name, name) == 0)
			return &ops[i];
	}
	return NULL;
}

/* The primary's, in its order. */
static uint32_t
take_primary_order(struct rte_mempool_ops *ops)
{
	const struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	const struct rte_mempool_ops *mine;
	uint32_t i;

	for (i = 0; i < labyrinth_shared->ops_count; i++) {
		const char *name = labyrinth_shared->ops[i];

		mine = find(table->ops, table->num_ops, name);
		/* It may not have found room in the table here, but it is at hand. */
		if (mine == NULL && strcmp(name, RTE_LABYRINTH_OPS_NAME) == 0)
			mine = labyrinth_ops_get();
		if (mine == NULL)
			LAB_LOG(INFO, "the primary's mempool ops \"%s\" are not loaded here", name);
		ops[i] = mine == NULL ? absent : *mine;
		strlcpy(ops[i].name, name, sizeof(ops[i].name));
	}
	return i;
}

/* Then what only this process has, as far as there is room. */
static uint32_t
add_own(struct rte_mempool_ops *ops, uint32_t count)
{
	const struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	uint32_t i;

	for (i = 0; i < table->num_ops; i++) {
		if (find(ops, labyrinth_shared->ops_count, table->ops[i].name) != NULL)
			continue;
		if (count < RTE_MEMPOOL_MAX_OPS_IDX)
			ops[count++] = table->ops[i];
		else
			LAB_LOG(WARNING,
			        "mempool ops \"%s\" left out: the primary does not have them and "
			        "the table of %d is full; load the same plugins in both",
			        table->ops[i].name, RTE_MEMPOOL_MAX_OPS_IDX);
	}
	return count;
}

static bool
in_order(void)
{
	uint32_t i;

	if (rte_mempool_ops_table.num_ops < labyrinth_shared->ops_count)
		return false;
	for (i = 0; i < labyrinth_shared->ops_count; i++) {
		if (strcmp(rte_mempool_ops_table.ops[i].name, labyrinth_shared->ops[i]) != 0)
			return false;
	}
	return true;
}

void
labyrinth_ops_adopt(void)
{
	struct rte_mempool_ops ops[RTE_MEMPOOL_MAX_OPS_IDX];
	uint32_t count;

	rte_spinlock_lock(&rte_mempool_ops_table.sl);
	if (!in_order()) {
		count = take_primary_order(ops);
		count = add_own(ops, count);
		memcpy(rte_mempool_ops_table.ops, ops, count * sizeof(ops[0]));
		rte_mempool_ops_table.num_ops = count;
		LAB_LOG(NOTICE, "mempool ops put in the primary process's order");
	}
	rte_spinlock_unlock(&rte_mempool_ops_table.sl);
}

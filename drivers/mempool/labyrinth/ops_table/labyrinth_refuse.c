/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Ops for a process that lacks a maze: a child of fork(), which does not
 * inherit it, or a secondary in which something else lies at its addresses.
 * They take the place of the usual ones in this process's table only when they are
 * needed, so that the data path of others pays nothing for them.
 */

#include <errno.h>
#include <stdatomic.h>

#include <rte_spinlock.h>

#include "labyrinth_giga.h"
#include "labyrinth_log.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_refuse.h"
#include "labyrinth_shared.h"

static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;
/* Written under the lock, read by gets and puts, which wait for nobody. */
static const void *_Atomic refused[LABYRINTH_MAZES_MAX];
static unsigned int refused_count;
static bool refuse_all;
static bool told;
static const struct rte_mempool_ops *own;

void
labyrinth_ops_set(const struct rte_mempool_ops *ops)
{
	own = ops;
}

const struct rte_mempool_ops *
labyrinth_ops_get(void)
{
	return own;
}

/* Is what begins there the maze, or a cell with a page between its first and its last? */
static bool
needs(const struct labyrinth_maze *maze, const void *entrance)
{
	uintptr_t page = (uintptr_t)entrance + LABYRINTH_GIGA_WALL;

	if (maze->pages != LABYRINTH_MAZE_GIGA || entrance == NULL)
		return entrance == maze->entrance;
	return page - (uintptr_t)maze->entrance < (uintptr_t)maze->slots * LABYRINTH_SLOT_SIZE;
}

bool
labyrinth_is_refused(const struct rte_mempool *mp)
{
	const struct labyrinth_pool *pool = labyrinth_pool_of(mp);
	bool found = false;
	unsigned int i;

	if (pool->backing != RTE_LABYRINTH_BACKING_MAZE)
		return false;
	if (refuse_all)
		return true;
	for (i = 0; i < LABYRINTH_MAZES_MAX; i++) {
		/* @atomic refused-look: pairs refused-set. Else: a torn pointer matches. */
		found |=
			needs(&pool->maze, atomic_load_explicit(&refused[i], memory_order_acquire));
	}
	return found;
}

static void
tell(const struct rte_mempool *mp)
{
	if (told)
		return;
	told = true;
	LAB_LOG(ERR,
	        "pool %s: this process has not mapped its maze, %s: no buffer of it can be "
	        "got or given back here",
	        mp->name,
	        refuse_all ? "as children of fork() do not inherit it"
	                   : "whose addresses are taken");
}

static int
refusing_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	if (labyrinth_is_refused(mp)) {
		tell(mp);
		return -EFAULT;
	}
	labyrinth_put_from(labyrinth_of(mp), objs, n, labyrinth_lane_own(),
	                   __builtin_return_address(0));
	return 0;
}

static int
refusing_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	if (labyrinth_is_refused(mp)) {
		tell(mp);
		return -EFAULT;
	}
	return labyrinth_get_from(labyrinth_of(mp), objs, n, labyrinth_lane_own(),
	                          __builtin_return_address(0));
}

static void
ops_set(rte_mempool_enqueue_t enqueue, rte_mempool_dequeue_t dequeue)
{
	struct rte_mempool_ops *ops;
	uint32_t i;

	for (i = 0; i < rte_mempool_ops_table.num_ops; i++) {
		ops = &rte_mempool_ops_table.ops[i];
		if (ops->alloc != own->alloc)
			continue;
		/* @atomic refuse-enqueue: pairs refuse-enqueue. Else: a torn pointer is called. */
		__atomic_store_n(&ops->enqueue, enqueue, __ATOMIC_RELEASE);
		/* @atomic refuse-dequeue: pairs refuse-dequeue. Else: a torn pointer is called. */
		__atomic_store_n(&ops->dequeue, dequeue, __ATOMIC_RELEASE);
	}
}

static void
refused_set(unsigned int i, const void *entrance)
{
	/* @atomic refused-set: pairs refused-look. Else: a torn pointer matches. */
	atomic_store_explicit(&refused[i], entrance, memory_order_release);
}

void
labyrinth_refuse_mazes(void)
{
	/* Only this thread is left of the process; another one may have had the lock. */
	rte_spinlock_init(&lock);
	refuse_all = true;
	told = false;
	ops_set(refusing_enqueue, refusing_dequeue);
}

void
labyrinth_refuse_maze(const void *entrance)
{
	unsigned int i;

	rte_spinlock_lock(&lock);
	for (i = 0; i < LABYRINTH_MAZES_MAX; i++) {
		if (refused[i] != NULL)
			continue;
		refused_set(i, entrance);
		refused_count++;
		break;
	}
	ops_set(refusing_enqueue, refusing_dequeue);
	rte_spinlock_unlock(&lock);
}

void
labyrinth_refuse_end(const void *entrance)
{
	unsigned int i;

	rte_spinlock_lock(&lock);
	for (i = 0; i < LABYRINTH_MAZES_MAX; i++) {
		if (refused[i] != entrance)
			continue;
		refused_set(i, NULL);
		refused_count--;
	}
	if (refused_count == 0 && !refuse_all)
		ops_set(own->enqueue, own->dequeue);
	rte_spinlock_unlock(&lock);
}

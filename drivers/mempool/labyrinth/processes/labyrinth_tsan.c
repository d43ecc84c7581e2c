/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Programs built with -fsanitize=thread. The runtime does not see the atomic
 * operations of a driver that was built without, and takes two owners of a frame,
 * one after the other, for a race. So it is told: what the one that puts a frame
 * did is over before the one that gets it begins.
 *
 * Lane, room and depot hand on a frame by a release and an acquire of their own;
 * nothing is said here that does not hold.
 */

#include "labyrinth.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_tsan.h"

/* The runtime brings these; without it their addresses are NULL. */
extern void
__tsan_acquire(void *addr) __attribute__((weak));
extern void
__tsan_release(void *addr) __attribute__((weak));

static int
tsan_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		__tsan_release(objs[i]);
	return labyrinth_put_from(labyrinth_of(mp), objs, n, labyrinth_lane_own(),
	                          __builtin_return_address(0));
}

static int
tsan_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	int ret = labyrinth_get_from(labyrinth_of(mp), objs, n, labyrinth_lane_own(),
	                             __builtin_return_address(0));
	unsigned int i;

	for (i = 0; i < n && ret == 0; i++)
		__tsan_acquire(objs[i]);
	return ret;
}

const struct rte_mempool_ops *
labyrinth_tsan_ops(const struct rte_mempool_ops *ops)
{
	static struct rte_mempool_ops told;

	if (__tsan_acquire == NULL || __tsan_release == NULL)
		return ops;
	told = *ops;
	told.enqueue = tsan_enqueue;
	told.dequeue = tsan_dequeue;
	return &told;
}

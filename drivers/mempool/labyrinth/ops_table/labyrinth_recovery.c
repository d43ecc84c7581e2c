/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What dead processes, and threads that gave their lcore id back, leave in pools.
 */

#include <errno.h>
#include <inttypes.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "labyrinth_copies.h"
#include "labyrinth_log.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_recover.h"
#include "labyrinth_refuse.h"

#define LABYRINTH_EXPORT __attribute__((visibility("default")))

/* What a walk over pools is about. */
struct walk {
	uint32_t process;
	struct labyrinth_recovery found;
	bool all; /* of all pools, those that do not seal have nothing to say */
	int ret;  /* the first error */
};

static void
note(struct walk *walk, int ret)
{
	if (walk->ret == 0)
		walk->ret = ret;
}

static void
recover_pool(struct rte_mempool *mp, void *opaque)
{
	struct walk *walk = opaque;
	int ret;

	if (!rte_labyrinth_is(mp))
		return;
	ret = labyrinth_recover(labyrinth_of(mp), walk->process, &walk->found);
	/* A pool made for fewer processes has nothing of this one. */
	if (ret != -EINVAL)
		note(walk, ret);
}

/* For one pool, or for all of them. */
static void
for_pools(struct rte_mempool *mp, void (*fn)(struct rte_mempool *mp, void *opaque),
          struct walk *walk)
{
	if (mp != NULL)
		fn(mp, walk);
	else
		rte_mempool_walk(fn, walk);
}

static int
recover_dead(struct rte_mempool *mp, const struct labyrinth_process *dead, struct walk *walk)
{
	int ret = labyrinth_process_hold(dead->entry, dead->who);

	if (ret != 0)
		return ret;
	labyrinth_process_bar(dead->entry);
	for_pools(mp, recover_pool, walk);
	/* Its entry may serve another process only when no pool names it any more. */
	if (walk->ret == 0 && mp == NULL)
		(void)labyrinth_process_forget(dead->entry, dead->who);
	labyrinth_process_release(dead->entry);
	return walk->ret;
}

static void
count(struct rte_labyrinth_recovery *all, const struct labyrinth_recovery *found)
{
	all->lanes += found->lanes;
	all->rooms += found->rooms;
	all->frames += found->frames;
	all->reclaimed += found->reclaimed;
}

/* Every dead process once; the first error, of those that are left. */
static int
recover_all(struct rte_mempool *mp, struct rte_labyrinth_recovery *found)
{
	struct labyrinth_process process;
	uint32_t entry;
	int ret = 0;

	found->processes = 0;
	LABYRINTH_PROCESS_FOREACH(entry, &process)
	{
		struct walk walk = {.process = entry};
		int err;

		if (process.alive || entry == labyrinth_process_self())
			continue;
		err = recover_dead(mp, &process, &walk);
		/* Another process has its place already. */
		if (err == -ESTALE)
			continue;
		found->processes++;
		found->pid = process.pid;
		count(found, &walk.found);
		if (ret == 0)
			ret = err;
	}
	return ret;
}

LABYRINTH_EXPORT int
rte_labyrinth_recover(struct rte_mempool *mp, struct rte_labyrinth_recovery *found)
{
	int ret;

	if (found == NULL || (mp != NULL && !rte_labyrinth_is(mp)))
		return -EINVAL;
	*found = (struct rte_labyrinth_recovery){0};
	/* Who is killed while it recovers must be one that can be recovered. */
	if (labyrinth_process_self() == LABYRINTH_PROCESS_NONE)
		return -ESRCH;
	ret = recover_all(mp, found);
	/*
	 * One of them may have died of recovering another, or two of them over one room:
	 * now that both are known to be dead, that goes on.
	 */
	if (ret == -EBUSY || ret == -EAGAIN)
		ret = recover_all(mp, found);
	return ret;
}

/*
 * Processes that are nobody's pool: an id is all there is to go by. Of who lives it is kept, since
 * frames of one process come in thousands; who is gone may be followed by another one.
 */
static bool
is_gone(uint32_t pid, void *arg)
{
	uint32_t *alive = arg;

	if (pid == *alive)
		return false;
	if (labyrinth_process_id_gone(pid))
		return true;
	*alive = pid;
	return false;
}

static void
reclaim_pool(struct rte_mempool *mp, void *opaque)
{
	struct walk *walk = opaque;
	uint32_t alive = 0;
	int ret;

	if (!rte_labyrinth_is(mp))
		return;
	if (labyrinth_is_refused(mp))
		ret = -EFAULT;
	else
		ret = labyrinth_reclaim(labyrinth_of(mp), is_gone, &alive, labyrinth_lane_own(),
		                        &walk->found);
	if (ret != -ENOTSUP || !walk->all)
		note(walk, ret);
}

LABYRINTH_EXPORT int
rte_labyrinth_reclaim(struct rte_mempool *mp, struct rte_labyrinth_recovery *found)
{
	struct walk walk = {.all = mp == NULL};
	int ret;

	ret = rte_labyrinth_recover(mp, found);
	if (ret != 0)
		return ret;
	for_pools(mp, reclaim_pool, &walk);
	count(found, &walk.found);
	return walk.ret;
}

LABYRINTH_EXPORT int
rte_labyrinth_hand_over(struct rte_mempool *mp, void *const *objs, unsigned int n,
                        unsigned int process, unsigned int lcore)
{
	struct labyrinth_process to;
	uint32_t lane = LABYRINTH_LANE_ANY;

	if (!rte_labyrinth_is(mp) || lcore >= RTE_MAX_LCORE)
		return -EINVAL;
	if (!labyrinth_process_get(process, &to))
		return -ESRCH;
	if (labyrinth_is_refused(mp))
		return -EFAULT;
	if (to.first_lane != LABYRINTH_LANE_ANY)
		lane = to.first_lane + lcore;
	return labyrinth_hand_over(labyrinth_of(mp), lane, to.pid, objs, n);
}

LABYRINTH_EXPORT int
rte_labyrinth_process(unsigned int *process)
{
	uint32_t self = labyrinth_process_self();

	if (process == NULL)
		return -EINVAL;
	if (self == LABYRINTH_PROCESS_NONE)
		return -ESRCH;
	*process = self;
	return 0;
}

static void
release_pool(struct rte_mempool *mp, void *opaque)
{
	const uint32_t *lane = opaque;

	if (rte_labyrinth_is(mp))
		labyrinth_lane_leave(labyrinth_of(mp), *lane);
}

/* A thread gives its lcore id back: what it kept is for others from now on. */
static void
lcore_ends(unsigned int lcore, void *arg)
{
	uint32_t lane = lcore + labyrinth_lane_base;

	RTE_SET_USED(arg);
	if (lane >= labyrinth_lane_base)
		rte_mempool_walk(release_pool, &lane);
}

RTE_INIT(labyrinth_recovery_init)
{
	if (labyrinth_is_second_copy())
		return;
	if (rte_lcore_callback_register("labyrinth", NULL, lcore_ends, NULL) == NULL)
		LAB_LOG(WARNING, "what threads keep that give their lcore id back stays with it");
}

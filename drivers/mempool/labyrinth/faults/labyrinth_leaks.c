/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * When the process ends: the patrol's last look at each pool, and what is still held of
 * pools with leaks=on. A pool that is freed tells of it then, whatever its options.
 */

#include <stdatomic.h>

#include <rte_common.h>

#include "labyrinth_crash.h"
#include "labyrinth_held.h"
#include "labyrinth_kernel.h"
#include "labyrinth_log.h"
#include "labyrinth_patrol.h"
#include "labyrinth_pool.h"

static atomic_bool wanted;

void
labyrinth_leaks_watch(void)
{
	/* @atomic leaks-wanted: pairs leaks-look. Else: nothing is told at the end. */
	atomic_store_explicit(&wanted, true, memory_order_relaxed);
}

static void
pool_tell(const struct rte_mempool *mp)
{
	struct labyrinth_held held;

	if (!labyrinth_pool_of(mp)->options.leaks)
		return;
	labyrinth_held_find(mp, &held, NULL, NULL);
	if (held.frames > 0)
		labyrinth_held_log(mp, "at the end of the process", &held);
}

RTE_FINI(labyrinth_leaks_fini)
{
	/* @atomic leaks-look: pairs leaks-wanted. Else: nothing is told at the end. */
	bool leaks = atomic_load_explicit(&wanted, memory_order_relaxed);
	bool patrol = labyrinth_patrol_end();
	const struct rte_mempool *mp;
	unsigned int i = 0;

	if (leaks)
		labyrinth_log_at_end();
	while ((leaks || patrol) && labyrinth_crash_pool(&i, &mp)) {
		/* rte_eal_cleanup() unmaps EAL's memory, and with it all that is known of pools. */
		if (!labyrinth_kernel_mapped(mp)) {
			if (leaks)
				LAB_LOG(WARNING, "leaks=on: rte_eal_cleanup() came before the end, "
				                 "a pool was not freed before it, and what it "
				                 "held is not known any more: free pools first");
			return;
		}
		if (patrol)
			labyrinth_patrol_at_end(mp);
		if (leaks)
			pool_tell(mp);
	}
}

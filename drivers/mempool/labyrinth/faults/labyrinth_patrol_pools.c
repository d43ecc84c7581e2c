/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The pools that are looked at, and what is remembered of each between rounds. */

#include <rte_common.h>
#include <rte_eal_memconfig.h>
#include <rte_tailq.h>

#include "labyrinth_patrol.h"

#define NS_PER_MS 1000000ull
#define POOLS     128
/* Without pools it is looked whether there are any so often. */
#define IDLE_MS 1000

static struct labyrinth_beat beats[POOLS];

const struct labyrinth_pool *
labyrinth_patrolled(const struct rte_mempool *mp)
{
	const struct labyrinth_pool *pool;

	if (!rte_labyrinth_is(mp))
		return NULL;
	pool = labyrinth_pool_of(mp);
	return pool->open && pool->options.patrol > 0 && mp->populated_size == mp->size ? pool
	                                                                                : NULL;
}

static struct rte_tailq_head *
pools_head(void)
{
	return rte_eal_tailq_lookup("RTE_MEMPOOL");
}

unsigned int
labyrinth_beats_list(uint64_t *round_ns)
{
	const struct rte_tailq_entry *entry;
	struct rte_tailq_head *head = pools_head();
	unsigned int n = 0;

	*round_ns = IDLE_MS * NS_PER_MS;
	if (head == NULL)
		return 0;
	rte_mcfg_mempool_read_lock();
	TAILQ_FOREACH (entry, &head->tailq_head, next) {
		const struct rte_mempool *mp = entry->data;
		const struct labyrinth_pool *pool = labyrinth_patrolled(mp);
		uint64_t asked;

		if (pool == NULL || n == POOLS)
			continue;
		asked = pool->options.patrol * NS_PER_MS;
		*round_ns = n == 0 ? asked : RTE_MIN(*round_ns, asked);
		if (beats[n].mp != mp || beats[n].born != pool->born)
			beats[n] = (struct labyrinth_beat){.mp = mp, .born = pool->born};
		n++;
	}
	rte_mcfg_mempool_read_unlock();
	return n;
}

struct labyrinth_beat *
labyrinth_beat(unsigned int i)
{
	return &beats[i];
}

bool
labyrinth_beat_lives(const struct labyrinth_beat *beat)
{
	const struct rte_tailq_entry *entry;
	const struct labyrinth_pool *pool;

	TAILQ_FOREACH (entry, &pools_head()->tailq_head, next) {
		if (entry->data != beat->mp)
			continue;
		pool = labyrinth_patrolled(beat->mp);
		return pool != NULL && pool->born == beat->born;
	}
	return false;
}

void
labyrinth_beat_find(const struct rte_mempool *mp, struct labyrinth_beat *copy)
{
	uint64_t born = labyrinth_pool_of(mp)->born;
	unsigned int i;

	*copy = (struct labyrinth_beat){.mp = mp, .born = born};
	for (i = 0; i < POOLS; i++) {
		if (beats[i].mp == mp && beats[i].born == born)
			*copy = beats[i];
	}
}

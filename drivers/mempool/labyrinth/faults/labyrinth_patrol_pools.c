/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The pools that are looked at, and what is remembered of each between rounds. */

#include <rte_common.h>
#include <rte_eal_memconfig.h>
#include <rte_tailq.h>

#include "labyrinth_log.h"
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

/* The notes of a pool; NULL if there are none. */
static struct labyrinth_beat *
beat_find(const struct rte_mempool *mp, uint64_t born)
{
	unsigned int i;

	for (i = 0; i < POOLS; i++) {
		if (beats[i].mp == mp && beats[i].born == born)
			return &beats[i];
	}
	return NULL;
}

/* Fresh ones where there are none; NULL if there is no place. */
static struct labyrinth_beat *
beat_make(const struct rte_mempool *mp, uint64_t born)
{
	struct labyrinth_beat *beat = beat_find(mp, born);

	if (beat != NULL)
		return beat;
	beat = beat_find(NULL, 0);
	if (beat != NULL)
		*beat = (struct labyrinth_beat){.mp = mp, .born = born};
	return beat;
}

/* Call for each pool that is to be looked at, while no pool comes or goes in EAL's list. */
static void
pools_each(void (*fn)(const struct labyrinth_pool *pool, void *arg), void *arg)
{
	struct rte_tailq_head *head = rte_eal_tailq_lookup("RTE_MEMPOOL");
	const struct rte_tailq_entry *entry;

	if (head == NULL)
		return;
	rte_mcfg_tailq_read_lock();
	TAILQ_FOREACH (entry, &head->tailq_head, next) {
		const struct labyrinth_pool *pool = labyrinth_patrolled(entry->data);

		if (pool != NULL)
			fn(pool, arg);
	}
	rte_mcfg_tailq_read_unlock();
}

static void
list_one(const struct labyrinth_pool *pool, void *arg)
{
	struct labyrinth_beat *beat = beat_make(pool->mp, pool->born);
	uint64_t *round_ns = arg;
	static bool said;

	if (beat == NULL) {
		if (!said)
			LAB_LOG(WARNING, "pool %s: the patrol looks at no more than %d pools",
			        pool->mp->name, POOLS);
		said = true;
		return;
	}
	beat->listed = true;
	*round_ns = RTE_MIN(*round_ns, pool->options.patrol * NS_PER_MS);
}

unsigned int
labyrinth_beats_list(uint64_t *round_ns)
{
	unsigned int n = 0;
	unsigned int i;

	for (i = 0; i < POOLS; i++)
		beats[i].listed = false;
	*round_ns = UINT64_MAX;
	pools_each(list_one, round_ns);
	for (i = 0; i < POOLS; i++) {
		n += beats[i].listed;
		if (!beats[i].listed && !beats[i].leaving)
			labyrinth_beat_drop(&beats[i]);
	}
	if (n == 0)
		*round_ns = IDLE_MS * NS_PER_MS;
	return n;
}

struct labyrinth_beat *
labyrinth_beat_next(struct labyrinth_beat *beat)
{
	beat = beat == NULL ? beats : beat + 1;
	while (beat < beats + POOLS && !beat->listed)
		beat++;
	return beat < beats + POOLS ? beat : NULL;
}

struct living {
	const struct labyrinth_beat *beat;
	bool found;
};

static void
living_one(const struct labyrinth_pool *pool, void *arg)
{
	struct living *living = arg;

	if (pool->mp == living->beat->mp && pool->born == living->beat->born)
		living->found = true;
}

bool
labyrinth_beat_lives(const struct labyrinth_beat *beat)
{
	struct living living = {beat, beat->leaving};

	if (!living.found)
		pools_each(living_one, &living);
	return living.found;
}

struct labyrinth_beat *
labyrinth_beat_take(const struct rte_mempool *mp)
{
	struct labyrinth_beat *beat = beat_make(mp, labyrinth_pool_of(mp)->born);

	if (beat != NULL)
		beat->last = true;
	return beat;
}

void
labyrinth_beat_drop(struct labyrinth_beat *beat)
{
	beat->listed = false;
	beat->leaving = false;
	beat->born = 0;
	beat->mp = NULL;
}

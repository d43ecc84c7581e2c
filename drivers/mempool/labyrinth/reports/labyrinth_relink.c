/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * DPDK links all objects of a pool through their headers. An overflow that
 * destroys a seal mostly destroys such a link too, and whoever then walks the
 * objects, as freeing the pool does, follows it to nowhere.
 */

#include <rte_common.h>
#include <rte_pause.h>
#include <rte_spinlock.h>

#include "labyrinth_pool.h"
#include "labyrinth_report.h"

/* Looks at the lock, before objects stay as they are. */
#define LOCK_TRIES 1000000

static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;

static struct rte_mempool_objhdr *
header_of(const labyrinth_t *lab, uint32_t index)
{
	void *frame = labyrinth_frame(lab, index);

	return frame == NULL ? NULL : RTE_PTR_SUB(frame, sizeof(struct rte_mempool_objhdr));
}

/* Nobody waits for long: who has the lock may have been interrupted by who wants it. */
static bool
lock_take(void)
{
	unsigned int i;

	for (i = 0; i < LOCK_TRIES; i++) {
		if (rte_spinlock_trylock(&lock))
			return true;
		rte_pause();
	}
	return false;
}

/* A list in the order of frames: from then on each link is known. */
static void
link_all(struct rte_mempool *mp, const labyrinth_t *lab)
{
	struct rte_mempool_objhdr *header;
	uint32_t i;

	STAILQ_INIT(&mp->elt_list);
	for (i = 0; i < mp->size; i++) {
		header = header_of(lab, i);
		if (header == NULL)
			return;
		header->mp = mp;
		STAILQ_INSERT_TAIL(&mp->elt_list, header, next);
	}
}

/* What is right stays untouched: others may be walking. */
static void
link_one(struct rte_mempool *mp, const labyrinth_t *lab, uint32_t index)
{
	struct rte_mempool_objhdr *header = header_of(lab, index);
	struct rte_mempool_objhdr *next = NULL;

	if (header == NULL)
		return;
	if (index + 1 < mp->size)
		next = header_of(lab, index + 1);
	if (header->mp != mp)
		header->mp = mp;
	if (STAILQ_NEXT(header, next) != next)
		STAILQ_NEXT(header, next) = next;
}

static void
relink(const struct rte_mempool *mp, uint32_t from, uint32_t to)
{
	struct labyrinth_pool *pool = labyrinth_pool_of(mp);
	/* The driver was handed the pool to work on; only reports see it as const. */
	struct rte_mempool *own = (struct rte_mempool *)(uintptr_t)mp;
	const labyrinth_t *lab = labyrinth_of(mp);

	/* A pool that is being filled or freed has a list of its own making. */
	if (mp->populated_size != mp->size || !lock_take())
		return;
	if (!pool->relinked)
		link_all(own, lab);
	pool->relinked = true;
	for (; from < to; from++)
		link_one(own, lab, from);
	rte_spinlock_unlock(&lock);
}

void
labyrinth_relink_frame(const struct rte_mempool *mp, uint32_t index)
{
	relink(mp, index, index + 1);
}

void
labyrinth_relink(const struct rte_mempool *mp)
{
	relink(mp, 0, mp->size);
}

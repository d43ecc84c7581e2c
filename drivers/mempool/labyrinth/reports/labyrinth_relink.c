/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * DPDK links all objects of a pool through their headers. An overflow that
 * destroys a seal mostly destroys such a link too, and whoever then walks the
 * objects, as freeing the pool does, follows it to nowhere.
 */

#include <rte_common.h>

#include "labyrinth_pool.h"
#include "labyrinth_report.h"

static struct rte_mempool_objhdr *
header_of(const labyrinth_t *lab, uint32_t index)
{
	void *frame = labyrinth_frame(lab, index);

	return frame == NULL ? NULL : RTE_PTR_SUB(frame, sizeof(struct rte_mempool_objhdr));
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

/* A list in the order of frames: from then on each link is known. */
static void
link_all(struct rte_mempool *mp, const labyrinth_t *lab)
{
	struct rte_mempool_objhdr *first = header_of(lab, 0);
	struct rte_mempool_objhdr *last = header_of(lab, mp->size - 1);
	uint32_t i;

	if (first == NULL || last == NULL)
		return;
	for (i = 0; i < mp->size; i++)
		link_one(mp, lab, i);
	STAILQ_FIRST(&mp->elt_list) = first;
	mp->elt_list.stqh_last = &STAILQ_NEXT(last, next);
}

/* A pool that is being filled or freed has a list of its own making. */
static bool
may_link(const struct rte_mempool *mp)
{
	return mp->populated_size == mp->size;
}

void
labyrinth_relink(const struct rte_mempool *mp)
{
	/* The driver was handed the pool to work on; only reports see it as const. */
	struct rte_mempool *own = (struct rte_mempool *)(uintptr_t)mp;

	if (!may_link(mp))
		return;
	link_all(own, labyrinth_of(mp));
	labyrinth_pool_of(mp)->relinked = true;
}

void
labyrinth_relink_frame(const struct rte_mempool *mp, uint32_t index)
{
	struct rte_mempool *own = (struct rte_mempool *)(uintptr_t)mp;

	if (!labyrinth_pool_of(mp)->relinked)
		labyrinth_relink(mp);
	else if (may_link(mp))
		link_one(own, labyrinth_of(mp), index);
}

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

void
labyrinth_relink(const struct rte_mempool *mp)
{
	/* The driver was handed the pool to work on; only reports see it as const. */
	struct rte_mempool *pool = (struct rte_mempool *)(uintptr_t)mp;
	const labyrinth_t *lab = labyrinth_of(mp);
	struct rte_mempool_objhdr *header;
	void *frame;
	uint32_t i;

	/* A pool that is being filled or freed has a list of its own making. */
	if (mp->populated_size != mp->size)
		return;
	STAILQ_INIT(&pool->elt_list);
	for (i = 0; i < mp->size; i++) {
		frame = labyrinth_frame(lab, i);
		if (frame == NULL)
			return;
		header = RTE_PTR_SUB(frame, sizeof(*header));
		header->mp = pool;
		STAILQ_INSERT_TAIL(&pool->elt_list, header, next);
	}
}

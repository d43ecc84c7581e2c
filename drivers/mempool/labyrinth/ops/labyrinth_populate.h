/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_POPULATE_H
#define LABYRINTH_POPULATE_H

#include <rte_mempool.h>

/* The mempool op: how much memory EAL is asked for. */
ssize_t
labyrinth_calc_mem_size(const struct rte_mempool *mp, uint32_t n, uint32_t pg_shift,
                        size_t *min_chunk_size, size_t *align);

/* The mempool op: lay out frames in memory. */
int
labyrinth_populate(struct rte_mempool *mp, unsigned int n, void *vaddr, rte_iova_t iova, size_t len,
                   rte_mempool_populate_obj_cb_t *obj_cb, void *arg);

/*
 * A pool with memory for a part of its elements has those: make them available. Tells
 * whether there are any that were not before. Nothing is opened while another thread
 * populates the pool or opens it. Thread-safe.
 */
bool
labyrinth_open_part(struct labyrinth_pool *pool);

/* The same, for labyrinth_shortage_helper(). */
bool
labyrinth_shortage_open(labyrinth_t *lab);

#endif /* LABYRINTH_POPULATE_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_GIGA_BACKING_H
#define LABYRINTH_GIGA_BACKING_H

/*
 * Pools in 1 GiB pages, which they share.
 */

#include "labyrinth_needs.h"
#include "labyrinth_pool.h"

/* Bytes of the largest pages that EAL itself has memory of. */
size_t
labyrinth_eal_page(void);

/* Slots of the window of any pool in 1 GiB pages; 0 if it is not to lie there. */
uint32_t
labyrinth_giga_slots(const struct labyrinth_options *options);

/*
 * Take blocks for the pool's maze, with as many more pages as that needs; make EAL,
 * devices and secondary processes know these. Returns 0, or a negative errno with
 * nothing left behind and `why` set to what failed.
 */
int
labyrinth_giga_make(const struct rte_mempool *mp, struct labyrinth_pool *pool,
                    const struct labyrinth_needs *needs, const char **why);

/* Give the blocks back, and pages that nobody uses any more. */
void
labyrinth_giga_drop(struct labyrinth_pool *pool);

/* How the pool lies in its pages: for the log. */
void
labyrinth_giga_describe(const struct labyrinth_pool *pool, char *text, size_t len);

#endif /* LABYRINTH_GIGA_BACKING_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_FREED_H
#define LABYRINTH_FREED_H

/*
 * Pools that were freed while programs still held frames of them. The addresses of
 * a maze stay reserved: a touch is explained once, and finds zeros, as in EAL's
 * memory after it was freed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "labyrinth_pool.h"

/* Have DPDK tell when a pool is about to be freed. */
void
labyrinth_freed_start(void);

/*
 * A maze has given its memory back, but not its addresses: from now on they are ours.
 * Only the latest are kept; those of earlier pools are given back.
 */
void
labyrinth_freed_keep(const struct rte_mempool *mp, const struct labyrinth_maze *maze);

/* Give the addresses of the pool back that was freed before all others; false if none are kept. */
bool
labyrinth_freed_give_back(void);

/* Its memory goes some other way: forget who held frames when the pool was freed. */
void
labyrinth_freed_forget(const struct rte_mempool *mp);

/*
 * In a signal handler: if this is memory of a freed pool, make it readable. Sets `first`
 * when nobody touched that pool before.
 */
bool
labyrinth_freed_mend(uintptr_t at, bool *first);

/* In a signal handler: say whose memory this was, and where the instruction is. */
void
labyrinth_freed_explain(uintptr_t at, const void *pc);

#endif /* LABYRINTH_FREED_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_REFUSE_H
#define LABYRINTH_REFUSE_H

/*
 * A process that has not mapped a maze must not touch what would be in it.
 */

#include <stdbool.h>

#include <rte_mempool.h>

/* The driver's own ops, set when it is loaded. */
void
labyrinth_ops_set(const struct rte_mempool_ops *ops);

const struct rte_mempool_ops *
labyrinth_ops_get(void);

/* Does this process refuse the pool? It cannot look at a frame of it. Thread-safe. */
bool
labyrinth_is_refused(const struct rte_mempool *mp);

/*
 * From now on this process has no maze at all (a forked child). Async-signal
 * safe as far as that is needed after fork().
 */
void
labyrinth_refuse_mazes(void);

/* From now on this process refuses the pool whose maze begins here. */
void
labyrinth_refuse_maze(const void *entrance);

/* Not any more. */
void
labyrinth_refuse_end(const void *entrance);

#endif /* LABYRINTH_REFUSE_H */

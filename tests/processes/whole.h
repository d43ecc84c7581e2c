/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef WHOLE_H
#define WHOLE_H

/* Is a pool whole? For programs in which nobody else gets or puts at that moment. */

#include <rte_mempool.h>

/*
 * Get buffers one by one until there are none, or `most`, into `all`; then put them. Tells
 * how many there were, and how often one came again.
 */
unsigned int
whole_count(struct rte_mempool *pool, void **all, unsigned int most, unsigned int *twice);

#endif /* WHOLE_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef NICS_QUEUE_H
#define NICS_QUEUE_H

/*
 * A queue of a NIC that needs the key of a memory region for each packet, as mlx5's
 * queues do: few regions met lately are compared one by one, the last one first; all
 * others are searched in a sorted table, and replace one of the few in turn.
 */

#include "regions.h"

/*
 * What a lookup costs in nanoseconds, for this many mbufs of the pool in the order the
 * pool deals them, over and over: the best of some rounds. Ends the program if a buffer
 * lies in no range.
 */
double
nics_lookup_ns(struct rte_mempool *mp, const struct nics_range *ranges, unsigned int n,
               unsigned int mbufs);

#endif /* NICS_QUEUE_H */

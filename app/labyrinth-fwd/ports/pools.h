/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_POOLS_H
#define FWD_POOLS_H

/**
 * @file
 * Pools of mbufs, one of each size for each NUMA socket that has ports.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mempool.h>

#include "options.h"

struct fwd_pool {
	struct rte_mempool *mp;
	unsigned int socket;
	unsigned int size;   /**< index of its size among --mbuf-size */
	unsigned int before; /**< available right after creation */
};

struct fwd_pools {
	const char *ops;     /**< mempool handler; set by the caller */
	const char *options; /**< of labyrinth; NULL: none; set by the caller */
	unsigned int set;    /**< number that keeps names apart; set by the caller */
	unsigned int nb;
	bool left;     /**< to another process that still uses them: not to be freed */
	bool borrowed; /**< of another process: not to be freed here */
	struct fwd_pool pool[RTE_MAX_NUMA_NODES * FWD_MAX_MBUF_SIZES];
};

/** How many buffers forwarding may need at once. */
struct fwd_demand {
	uint64_t descriptors; /**< of all queues of all ports */
	unsigned int lcores;
};

/** Mbufs of a pool when the user does not say: enough for the demand, and 2^n - 1. */
uint32_t
fwd_pools_size(const struct fwd_options *options, const struct fwd_demand *demand);

/**
 * Add a pool of each size for a socket, unless there are some.
 *
 * @return
 *   0, or -1 (one line was printed); fwd_pools_free() is due in both cases.
 */
int
fwd_pools_add(struct fwd_pools *pools, const struct fwd_options *options, unsigned int socket,
              uint32_t size);

/**
 * Is the handler in the table of mempool ops, and EAL told nothing else?
 *
 * @param option
 *   That names it.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
fwd_pools_check_ops(const char *option, const char *ops);

/** The pool of the index-th port, on that socket: ports take the sizes in turn. */
struct rte_mempool *
fwd_pools_of_port(const struct fwd_pools *pools, unsigned int index, unsigned int socket);

/** Free all pools. May be called twice. */
void
fwd_pools_free(struct fwd_pools *pools);

#endif /* FWD_POOLS_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_POOLS_H
#define FWD_KIT_POOLS_H

/**
 * @file
 * The pools that a report compares, and how their memory looks to a driver.
 */

#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "pools.h"
#include "ports.h"

/** Pools that are compared: rows of each table. */
#define FWD_KIT_ROWS 9

struct fwd_kit_kind {
	const char *name;    /**< in tables: without blanks */
	const char *ops;     /**< mempool handler */
	const char *options; /**< of labyrinth; NULL: another handler */
};

extern const struct fwd_kit_kind fwd_kit_kinds[FWD_KIT_ROWS];

/** Memory of a set of pools; sums over NUMA nodes but for mbufs and page. */
struct fwd_kit_memory {
	const char *backing; /**< maze, eal */
	uint32_t mbufs;      /**< of each pool */
	size_t page;         /**< bytes of a page */
	uint32_t pages;      /**< of mazes */
	uint32_t halls;      /**< of mazes: runs of pages between walls */
	uint32_t chunks;     /**< pieces that mempool knows */
	uint32_t regions;    /**< what is left of them when neighbours are one */
	uint32_t lists;      /**< memory segment lists of EAL's that they lie in */
};

/**
 * Make pools of a kind for all sockets with ports.
 *
 * @param pools
 *   Empty; filled in.
 * @param set
 *   A number that no other pools of the process have.
 * @return
 *   0, or -1 (one line was printed) and there are none.
 */
int
fwd_kit_pools_make(struct fwd_pools *pools, const struct fwd_kit_kind *kind, unsigned int set,
                   const struct fwd_options *options, const struct fwd_ports *ports);

/** How their memory looks. */
void
fwd_kit_pools_describe(const struct fwd_pools *pools, struct fwd_kit_memory *memory);

/** Rules of labyrinth's that were broken in them. */
uint64_t
fwd_kit_pools_violations(const struct fwd_pools *pools);

/** Buffers that are not in them. */
uint64_t
fwd_kit_pools_missing(const struct fwd_pools *pools);

/**
 * Free pools that no queue uses any more. One that misses buffers is left as it is: somebody
 * has them.
 *
 * @return
 *   Buffers that are missing.
 */
uint64_t
fwd_kit_pools_retire(struct fwd_pools *pools);

#endif /* FWD_KIT_POOLS_H */

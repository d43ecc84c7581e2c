/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef DRIVER_POOLS_H
#define DRIVER_POOLS_H

/*
 * Pools as applications make them, with any ops.
 */

#include <rte_mbuf.h>
#include <rte_mempool.h>

#define OPS_RING      "ring_mp_mc"
#define OPS_LABYRINTH "labyrinth"

/* What a pool is to be; zero means what most applications ask for. */
struct pool_spec {
	const char *name;   /* "pool" */
	const char *ops;    /* OPS_LABYRINTH */
	const char *config; /* options of the pool, labyrinth's alone */
	unsigned int n;     /* 1023 */
	unsigned int cache; /* none */
	unsigned int elt;   /* not an mbuf but an element of so many bytes */
	unsigned int flags;
	int socket; /* 0 */
};

/* A pool of mbufs (or elements), populated; NULL and rte_errno if not. */
struct rte_mempool *
pool_make(const struct pool_spec *spec);

/* The same, not populated. */
struct rte_mempool *
pool_make_empty(const struct pool_spec *spec);

/* The same; stops the program if there is none. */
struct rte_mempool *
pool_must(const struct pool_spec *spec);

/*
 * Get every object, one by one. Returns how many there were; they are in
 * `objects`, which has room for one more than there should be.
 */
unsigned int
pool_drain(struct rte_mempool *mp, void **objects, unsigned int most);

/* Is no pointer there twice? Sorts them by address. */
bool
all_distinct(void **objects, unsigned int n);

/* Two results: all of a pool is complete, apart, aligned, each knowing its pool. */
void
pool_expect_sound(struct rte_mempool *mp, const char *what, size_t align);

#endif /* DRIVER_POOLS_H */

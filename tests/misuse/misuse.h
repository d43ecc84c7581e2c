/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MISUSE_H
#define MISUSE_H

/*
 * The misuse matrix: what one program may do wrong with packet buffers, one
 * function each, and what the driver must say to it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

/* Small enough to look at every buffer, large enough for strict's quarantine. */
#define SCENE_MBUFS 600
#define SCENE_PRIV  16
#define SCENE_ROOM  (RTE_PKTMBUF_HEADROOM + 1024)

/* What a misuse works on. */
struct scene {
	struct rte_mempool *mp;    /* the pool under test */
	struct rte_mempool *other; /* another one of the driver */
	struct rte_mempool *ring;  /* one of DPDK's own */
	const char *options;       /* those of the pool under test */
	void **all;                /* its objects, by address */
	unsigned int worker;       /* an lcore id beside the main one */
};

/* What a profile must say: NULL for nothing at all. */
struct expectation {
	const char *kind;   /* of the first report, a regular expression */
	unsigned int count; /* violations; 0 means any number but none */
	unsigned int quarantined;
};

struct misuse {
	const char *name;
	void (*commit)(struct scene *scene);
	struct expectation guard;
	struct expectation strict;
	bool fast;        /* fast must go on as if nothing had been */
	const char *also; /* a regular expression: more the report must say */
};

extern const struct misuse misuse_frees[];
extern const struct misuse misuse_mbufs[];
extern const struct misuse misuse_pointers[];
extern const struct misuse misuse_writes[];
extern const struct misuse misuse_walls[];
extern const struct misuse misuse_threads[];

#define KIND_DOUBLE   "double free"
#define KIND_NEVER    "free of a frame that was never allocated"
#define KIND_FOREIGN  "free of a foreign pointer"
#define KIND_INTERIOR "free of an interior or misaligned pointer"
#define KIND_HEADER   "overflow into a frame's header"
#define KIND_CANARY   "overflow behind a frame"
#define KIND_AFTER    "write after free"
#define KIND_WALL     "access to a wall"

/* Stops the program: the test itself is broken, not the driver. */
void __attribute__((noreturn, format(printf, 1, 2))) scene_fail(const char *format, ...);

/* An mbuf, or the program ends. */
struct rte_mbuf *
scene_alloc(struct scene *scene);

/* A chain of segments, the first one leading. */
struct rte_mbuf *
scene_chain(struct scene *scene, unsigned int segments);

/* Change every byte there, so that none is what it was. */
void
scene_spoil(void *at, size_t len);

/* All objects of a pool whose headers are whole, by address; owned by the caller. */
void **
scene_objects(struct rte_mempool *mp);

/* Get every object there is. Tells how many; owned by the caller. */
unsigned int
scene_drain(struct rte_mempool *mp, void **objects);

/* Get this very object; the others go back. */
void
scene_take(struct scene *scene, void *object);

struct pair {
	void *front;
	void *behind;
};

/* Two neighbours in one page, the one in front taken by the caller. */
struct pair
scene_neighbours(struct scene *scene);

/* Bytes from an object to where the header of the next one begins. */
size_t
scene_reach(const struct rte_mempool *mp, const struct pair *pair);

#endif /* MISUSE_H */

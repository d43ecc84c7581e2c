/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef ATTACK_H
#define ATTACK_H

/*
 * The attack table: many trials of one attack on one kind of pool, and what
 * became of each.
 */

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

/* As many as fit in a page of 2 MiB, nearly: neighbours are near. */
#define TARGET_MBUFS 840
/* Held by the application all the time. */
#define TARGET_HELD 200
/* Single gets and puts of the application after an attack. */
#define TARGET_LIFE 200
/* What DPDK calls the default, headroom included. */
#define TARGET_ROOM 2176

/* A pool under attack, and the application that uses it. */
struct target {
	const char *options; /* NULL: ring_mp_mc */
	struct rte_mempool *mp;
	struct rte_mempool *bystander; /* another pool, for foreign frees */
	uint64_t dice;
	void *all[TARGET_MBUFS]; /* its objects, by address */
	bool is_held[TARGET_MBUFS];
	bool is_lost[TARGET_MBUFS]; /* out of circulation */
	void *held[2 * TARGET_MBUFS];
	unsigned int holds;
	/* Of this trial: */
	const void *victim; /* must not be handed out again */
	unsigned int ops;   /* objects got or put since the attack */
	unsigned int detected_at;
	bool detected;
	bool harmed;           /* the application got what it must not get */
	const void *blamed[8]; /* frames the reports name */
	unsigned int reports;
};

/* A write that can be taken back. */
struct wound {
	uint8_t *at;
	size_t len;
	uint8_t before[4096 + 64];
};

struct attack {
	const char *name;
	size_t size;
	bool (*trial)(struct target *t, size_t size); /* tells whether harm was done silently */
	bool guard_at_call;                           /* guard must detect each at the very call */
	bool strict_at_put; /* strict must detect each when the frame is put */
	bool strict_at_get; /* strict must detect each when the frame is got */
};

extern const struct attack attacks[];
extern const unsigned int attack_count;

uint64_t
target_dice(struct target *t, uint64_t below);

/* One get or put of the application's, counted. */
void *
target_get(struct target *t);

void
target_put(struct target *t, void *object);

/* The application lives on: gets and puts, until somebody notices. */
void
target_live(struct target *t);

/* Get all and put all, each once: what is wrong with a free frame is met. */
void
target_turn_over(struct target *t);

/* The application holds as many as at first, and no object is there twice. */
void
target_heal(struct target *t);

/* Where an object is in all[]; TARGET_MBUFS if it is none. */
unsigned int
target_index(const struct target *t, const void *object);

/* A write that met a wall ends here instead of the program. */
extern sigjmp_buf attack_fault;
extern volatile bool attack_fault_expected;

/* Change `len` bytes, each to another value. Returns false when a wall was met. */
bool
wound_make(struct target *t, struct wound *wound, void *at, size_t len);

/* Put the bytes back, but none that the labyrinth has had the last word on. */
void
wound_heal(const struct target *t, struct wound *wound);

/* Does it touch an object other than this one? */
bool
wound_touches_other(const struct target *t, const struct wound *wound, const void *object);

#endif /* ATTACK_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef STRESS_H
#define STRESS_H

/*
 * What the parts of the stress test share: who works (stress_work.c), who starts, stops
 * and ends other processes (stress_family.c), and who judges (stress.c).
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mempool.h>
#include <rte_ring.h>

#define STRESS_POOL   "stress"
#define STRESS_SIZE   3000
#define STRESS_PLACES 3 /* the primary and its secondaries */
#define STRESS_ROOM   384
#define STRESS_WORDS  32 /* of a command line */

/*
 * What all processes see: plain counts, added to by atomics. @atomic test: no orders
 * matter, but those of rte_ring, by which frames change hands.
 */
struct stress_shared {
	/* rte_labyrinth_process(), plus one when it is ready */
	unsigned int process[STRESS_PLACES];
	bool stop;
	uint64_t gets, passed, signals, stops, pools, wrong;
};

extern struct stress_shared *stress_shared;
extern struct rte_mempool *stress_pool;
extern struct rte_ring *stress_rings[STRESS_PLACES];
extern unsigned int stress_place;
extern unsigned int stress_secondaries;
extern const char *stress_options;

/* The next random number. */
uint64_t
stress_draw(uint64_t *seed);

void
stress_count(uint64_t *counter, uint64_t by);

/* Say what is wrong, and count it; in signal handlers, too. */
void
stress_wrong(const char *what);

bool
stress_stopping(void);

/* The caller owns these: has nobody else written to them, whoever signed them? */
void
stress_verify(void *const *objects, unsigned int n);

/* Start all threads; tells how many there are. */
unsigned int
stress_start(uint64_t seed);

/* Wait for their end. */
void
stress_finish(void);

/* One signal, to any of the n threads. */
void
stress_interrupt(unsigned int n, uint64_t *seed);

/* Pools come and go while the other one is worked with: a thread of the primary. */
void *
stress_churn(void *arg);

/*
 * A secondary dies with its primary, whatever ends that: it would work for ever. False when
 * the primary, whose id it was told, is gone already.
 */
bool
stress_die_with_primary(void);

/* All of them, from the words of this process, are there and can be passed frames to. */
void
stress_start_secondaries(char *const *words);

/* Threads get signals, secondaries are stopped and go on, for so many seconds. */
void
stress_disturb(unsigned int n, uint64_t seed, unsigned int seconds);

/* Wait for the end of all. */
void
stress_end_secondaries(void);

/* The secondaries die, and so does the test. */
void
stress_give_up(const char *why);

#endif /* STRESS_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef STATISTICS_H
#define STATISTICS_H

/*
 * What can be guessed of a pool: samples, each of which tells the p-value of
 * being as random as promised.
 */

#include <stdint.h>

#include <stdbool.h>

#include <rte_mempool.h>

/* A pool of so many mbufs; options NULL means ring_mp_mc. Ends the program if there is none. */
struct rte_mempool *
statistics_pool(const char *options, unsigned int n);

/* Its objects by address; owned by the caller. */
void **
statistics_objects(struct rte_mempool *mp);

/* Where an object is among them. */
unsigned int
statistics_rank(void *const *objects, unsigned int n, const void *object);

/* Distance in rank between objects got one after the other from fresh pools. */
double
sample_neighbours(const char *options);

/* Rank of the object a fresh pool gives first. */
double
sample_first(const char *options);

/* How many frames were put since the one that is got, in a pool of one room. */
double
sample_reuse(const char *options);

/* As above in a large pool, of the frames that take part. */
double
sample_reuse_large(const char *options);

/* Does one choice tell anything about the next? */
double
sample_reuse_pairs(const char *options);

/* Measure and print the entropy of the first frame's address: bits, at least. */
double
entropy_measure(const char *options, unsigned int pools);

/*
 * Measure and print what halls do to pools of several pages: how much one page tells of
 * the next one got, and how many pages an overflow can walk. False: the longest run is not
 * `longest`, or the page of the first frame is as good as known.
 */
bool
halls_measure(const char *options, unsigned int pools, unsigned int longest);

/* Of the pools entropy_measure() made: the slot of the page, low bits of the entrance. */
double
sample_slots(const char *options);

double
sample_entrance(const char *options);

#endif /* STATISTICS_H */

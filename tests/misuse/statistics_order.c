/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The order in which frames are handed out: first in a fresh pool, then again
 * and again.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chi_square.h"
#include "statistics.h"

#define FRESH_MBUFS 3000
#define FRESH_POOLS 30
#define FIRST_MBUFS 640
#define FIRST_POOLS 640
#define BINS        64
#define ROOM_MBUFS  200
#define LARGE_MBUFS 3000
#define DRAWS       50000
#define SIDE        16

double
sample_neighbours(const char *options)
{
	unsigned int counts[BINS] = {0};
	double expected[BINS] = {0};
	const unsigned int n = FRESH_MBUFS;
	unsigned int pool;
	unsigned int i;

	for (pool = 0; pool < FRESH_POOLS; pool++) {
		struct rte_mempool *mp = statistics_pool(options, n);
		void **objects = statistics_objects(mp);
		unsigned int before = 0;
		void *object;

		for (i = 0; i < n && rte_mempool_get(mp, &object) == 0; i++) {
			unsigned int rank = statistics_rank(objects, n, object);

			if (i > 0)
				counts[((rank + n - before) % n - 1) * BINS / (n - 1)]++;
			before = rank;
		}
		free(objects);
		rte_mempool_free(mp);
	}
	/* Any distance from 1 to n - 1 is as likely as any other. */
	for (i = 0; i < n - 1; i++)
		expected[i * BINS / (n - 1)] += FRESH_POOLS;
	return chi_square_p(counts, expected, BINS, 1);
}

double
sample_first(const char *options)
{
	unsigned int counts[BINS] = {0};
	unsigned int pool;

	for (pool = 0; pool < FIRST_POOLS; pool++) {
		struct rte_mempool *mp = statistics_pool(options, FIRST_MBUFS);
		void **objects = statistics_objects(mp);
		void *object;

		if (rte_mempool_get(mp, &object) == 0)
			counts[statistics_rank(objects, FIRST_MBUFS, object) * BINS /
			       FIRST_MBUFS]++;
		free(objects);
		rte_mempool_free(mp);
	}
	return chi_square_uniform_p(counts, BINS);
}

/* The frames that take part, the one put last in front. */
struct recency {
	void *order[LARGE_MBUFS];
	unsigned int n;
};

/* How many were put since this one; it is put now. */
static unsigned int
recency_touch(struct recency *recency, void *object)
{
	unsigned int rank = 0;

	while (rank < recency->n && recency->order[rank] != object)
		rank++;
	if (rank == recency->n)
		recency->n++;
	memmove(&recency->order[1], &recency->order[0], rank * sizeof(recency->order[0]));
	recency->order[0] = object;
	return rank;
}

static void *
draw(struct rte_mempool *mp)
{
	void *object;

	if (rte_mempool_get(mp, &object) != 0)
		exit(2);
	rte_mempool_put(mp, object);
	return object;
}

/* One frame got and put at a time: ranks of `DRAWS` choices. Tells among how many. */
static unsigned int
ranks_draw(const char *options, unsigned int mbufs, unsigned int *ranks)
{
	struct rte_mempool *mp = statistics_pool(options, mbufs);
	struct recency recency = {.n = 0};
	void **all = statistics_objects(mp);
	unsigned int i;

	/* In a pool of one room all frames take part, whether they are ever chosen or not. */
	for (i = 0; i < mbufs && mbufs <= ROOM_MBUFS; i++)
		recency_touch(&recency, all[i]);
	/* Until each that takes part was put once. */
	for (i = 0; i < 20000; i++)
		recency_touch(&recency, draw(mp));
	for (i = 0; i < DRAWS; i++)
		ranks[i] = recency_touch(&recency, draw(mp));
	free(all);
	rte_mempool_free(mp);
	return recency.n;
}

static double
reuse_p(const char *options, unsigned int mbufs)
{
	static unsigned int ranks[DRAWS];
	unsigned int *counts = calloc(LARGE_MBUFS + 1, sizeof(*counts));
	unsigned int among = ranks_draw(options, mbufs, ranks);
	unsigned int i;
	double p;

	if (counts == NULL)
		exit(2);
	for (i = 0; i < DRAWS; i++)
		counts[ranks[i]]++;
	if (mbufs > ROOM_MBUFS)
		printf("# %s, %u frames: each is chosen among %u\n",
		       options == NULL ? "ring_mp_mc" : options, mbufs, among);
	/* Always the same one is as bad as always the oldest one. */
	p = among < 2 ? 0.0 : chi_square_uniform_p(counts, among);
	free(counts);
	return p;
}

double
sample_reuse(const char *options)
{
	return reuse_p(options, ROOM_MBUFS);
}

double
sample_reuse_large(const char *options)
{
	return reuse_p(options, LARGE_MBUFS);
}

double
sample_reuse_pairs(const char *options)
{
	static unsigned int ranks[DRAWS];
	unsigned int counts[SIDE * SIDE] = {0};
	unsigned int among = ranks_draw(options, ROOM_MBUFS, ranks);
	unsigned int i;

	for (i = 0; i + 1 < DRAWS; i += 2)
		counts[ranks[i] * SIDE / among * SIDE + ranks[i + 1] * SIDE / among]++;
	return chi_square_independent_p(counts, SIDE);
}

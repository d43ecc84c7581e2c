/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * How much of a frame's address cannot be known: entropy in bits, estimated
 * from how often two pools agree.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mempool_labyrinth.h>

#include "chi_square.h"
#include "statistics.h"

#define PAGE ((uint64_t)2 << 20)
#define LINE 64
/* Walls at both ends: the slots a page of a small pool may lie in. */
#define SLOTS         62
#define SLOTS_FIRST   1
#define ENTRANCE_BINS 64
#define POOLS_MAX     20000
#define SAMPLE_POOLS  1500
#define MBUFS         640
/* Few frames that fill 10 pages, and a window of as many slots at most. */
#define LARGE_MBUFS 340
#define LARGE_ROOM  60000
#define SLOTS_MOST  4096

struct place {
	uint64_t entrance;
	uint64_t address; /* of the first frame got */
};

static unsigned int
places_find(const char *options, struct place *places, unsigned int pools)
{
	struct rte_labyrinth_info info;
	unsigned int i;
	void *object;

	for (i = 0; i < pools; i++) {
		struct rte_mempool *mp = statistics_pool(options, MBUFS);

		if (rte_mempool_get(mp, &object) != 0)
			exit(2);
		places[i].address = (uintptr_t)object;
		places[i].entrance = 0;
		if (rte_labyrinth_info_get(mp, &info) == 0)
			places[i].entrance = (uintptr_t)info.entrance;
		rte_mempool_put(mp, object);
		rte_mempool_free(mp);
	}
	return pools;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * Collision entropy: minus the logarithm of the share of pairs that agree.
 * Where none does, it is more than the pairs can tell; then `*least` is set.
 */
static double
collision_bits(uint64_t *values, unsigned int n, bool *least)
{
	double pairs = (double)n * (n - 1) / 2.0;
	double equal = 0.0;
	unsigned int run = 0;
	unsigned int i;

	qsort(values, n, sizeof(*values), by_number);
	for (i = 1; i < n; i++) {
		run = values[i] == values[i - 1] ? run + 1 : 0;
		equal += run;
	}
	*least = equal == 0.0;
	return log2(pairs) - log2(*least ? 1.0 : equal);
}

static double
print_bits(const char *what, uint64_t *values, unsigned int n)
{
	bool least;
	double bits = collision_bits(values, n, &least);

	printf("  %-36s %s %5.1f bits\n", what, least ? "more than" : "         ", bits);
	return bits;
}

double
entropy_measure(const char *options, unsigned int pools)
{
	static struct place places[POOLS_MAX];
	static uint64_t values[POOLS_MAX];
	unsigned int n = places_find(options, places, pools);
	double page;
	double offset;
	unsigned int i;

	printf("# entropy of the first frame's address, %s, from %u pools:\n",
	       options == NULL ? "ring_mp_mc" : options, n);
	for (i = 0; i < n; i++)
		values[i] = places[i].address / PAGE;
	page = print_bits("page", values, n);
	for (i = 0; i < n; i++)
		values[i] = places[i].address % PAGE / LINE;
	offset = print_bits("cache line in the page", values, n);
	for (i = 0; i < n; i++)
		values[i] = places[i].address;
	print_bits("address as a whole", values, n);
	printf("  %-36s           %5.1f bits\n", "page and cache line, at least", page + offset);
	return page + offset;
}

/* Pages that lie beside each other with no wall between, at most. */
static unsigned int
longest_run(struct rte_mempool *mp, const struct rte_labyrinth_info *info)
{
	static bool used[SLOTS_MOST + 1];
	const struct rte_mempool_memhdr *chunk;
	uint64_t slots = info->window_len / PAGE;
	unsigned int most = 0;
	unsigned int run = 0;
	uint64_t i;

	memset(used, 0, sizeof(used));
	if (slots > SLOTS_MOST)
		exit(2);
	STAILQ_FOREACH (chunk, &mp->mem_list, next) {
		uint64_t from = ((uintptr_t)chunk->addr - (uintptr_t)info->entrance) / PAGE;

		for (i = 0; from < slots && i < chunk->len / PAGE; i++)
			used[from + i] = true;
	}
	for (i = 0; i < slots; i++) {
		run = used[i] ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

bool
halls_measure(const char *options, unsigned int pools, unsigned int longest)
{
	static uint64_t first[POOLS_MAX];
	static uint64_t apart[POOLS_MAX];
	struct rte_labyrinth_info info;
	unsigned int most = 0;
	double page;
	unsigned int i;

	for (i = 0; i < pools; i++) {
		struct rte_mempool *mp = rte_labyrinth_pktmbuf_pool_create(
			"halls", LARGE_MBUFS, 0, 0, LARGE_ROOM, SOCKET_ID_ANY, options);
		void *two[2];
		unsigned int run;

		if (mp == NULL || rte_mempool_get_bulk(mp, two, 2) != 0 ||
		    rte_labyrinth_info_get(mp, &info) != 0)
			exit(2);
		first[i] = (uintptr_t)two[0] / PAGE;
		apart[i] = (uintptr_t)two[1] / PAGE - (uintptr_t)two[0] / PAGE;
		run = longest_run(mp, &info);
		most = run > most ? run : most;
		rte_mempool_put_bulk(mp, two, 2);
		rte_mempool_free(mp);
	}
	printf("# %s, from %u pools of %u large mbufs:\n", options, pools, LARGE_MBUFS);
	page = print_bits("page of the first frame", first, pools);
	print_bits("page of the next, from there", apart, pools);
	printf("  %-36s           %5u pages\n", "an overflow walks at most", most);
	return most == longest && page >= log2(pools) * 1.7;
}

double
sample_slots(const char *options)
{
	static struct place places[SAMPLE_POOLS];
	unsigned int counts[SLOTS] = {0};
	unsigned int n = places_find(options, places, SAMPLE_POOLS);
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint64_t slot = (places[i].address - places[i].entrance) / PAGE;

		if (slot < SLOTS_FIRST || slot - SLOTS_FIRST >= SLOTS)
			return 0.0;
		counts[slot - SLOTS_FIRST]++;
	}
	return chi_square_uniform_p(counts, SLOTS);
}

double
sample_entrance(const char *options)
{
	static struct place places[SAMPLE_POOLS];
	unsigned int counts[ENTRANCE_BINS] = {0};
	unsigned int n = places_find(options, places, SAMPLE_POOLS);
	unsigned int i;

	for (i = 0; i < n; i++)
		counts[places[i].entrance / PAGE % ENTRANCE_BINS]++;
	return chi_square_uniform_p(counts, ENTRANCE_BINS);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Is a pool as unpredictable as promised?
 *
 *   statistics EAL-OPTIONS -- first fast|guard|strict|ring_mp_mc
 *   statistics EAL-OPTIONS -- [POOLS]
 *
 * The first prints the address of the first mbuf of a pool, the second runs all
 * tests. A test fails when chance would give what was seen less than once in
 * 1000 times, twice in a row: a good pool does that once in a million runs.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

#include "statistics.h"

#define ALPHA 0.001
/* 2048 pools tell 21 bits of the page at most, and its cache lines have 9 and more. */
#define BITS_MIN 26.0
#define POOLS    2048
/* For each number of halls. */
#define HALL_POOLS 1024
#define POOLS_MAX  20000

#define OPTIONS(profile) "profile=" profile ",backing=maze"

static unsigned int passed;
static unsigned int failed;

static void
result(bool good, const char *name, const char *options, double p, bool random)
{
	printf("%sok - %-22s %-22s p = %-9.3g %s\n", good ? "" : "not ", name,
	       options == NULL ? "ring_mp_mc" : options, p, random ? "as random" : "not random");
	passed += good;
	failed += !good;
	fflush(stdout);
}

typedef double
sample_fn(const char *options);

static void
expect_random(const char *name, const char *options, sample_fn *sample)
{
	double p = sample(options);

	if (p < ALPHA) {
		printf("# %s: p = %.3g, once more\n", name, p);
		p = sample(options);
	}
	result(p >= ALPHA, name, options, p, p >= ALPHA);
}

/* A test that cannot fail is none: here it must. */
static void
expect_rejected(const char *name, const char *options, sample_fn *sample)
{
	double p = sample(options);

	result(p < ALPHA, name, options, p, p >= ALPHA);
}

struct rte_mempool *
statistics_pool(const char *options, unsigned int n)
{
	struct rte_mempool *mp;

	if (options == NULL)
		mp = rte_pktmbuf_pool_create_by_ops("pool", n, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
		                                    SOCKET_ID_ANY, "ring_mp_mc");
	else
		mp = rte_labyrinth_pktmbuf_pool_create("pool", n, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
		                                       SOCKET_ID_ANY, options);
	if (mp == NULL) {
		fprintf(stderr, "statistics: no pool of %u: %s\n", n, rte_strerror(rte_errno));
		exit(2);
	}
	return mp;
}

static void
collect(struct rte_mempool *mp, void *arg, void *object, unsigned int index)
{
	void **objects = arg;

	(void)mp;
	objects[index] = object;
}

static int
by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (void *const *)a;
	uintptr_t y = (uintptr_t) * (void *const *)b;

	return x < y ? -1 : x > y;
}

void **
statistics_objects(struct rte_mempool *mp)
{
	void **objects = calloc(mp->size, sizeof(*objects));

	if (objects == NULL)
		exit(2);
	rte_mempool_obj_iter(mp, collect, objects);
	qsort(objects, mp->size, sizeof(*objects), by_address);
	return objects;
}

unsigned int
statistics_rank(void *const *objects, unsigned int n, const void *object)
{
	void *const *found = bsearch(&object, objects, n, sizeof(*objects), by_address);

	if (found == NULL) {
		fprintf(stderr, "statistics: %p is no object of its pool\n", object);
		exit(2);
	}
	return (unsigned int)(found - objects);
}

static void
test_all(unsigned int pools)
{
	double bits;

	expect_random("neighbours", OPTIONS("fast"), sample_neighbours);
	expect_random("neighbours", OPTIONS("guard"), sample_neighbours);
	expect_random("neighbours", OPTIONS("strict"), sample_neighbours);
	expect_rejected("neighbours", NULL, sample_neighbours);
	expect_random("first frame", OPTIONS("guard"), sample_first);
	expect_rejected("first frame", NULL, sample_first);
	expect_random("page's slot", OPTIONS("guard"), sample_slots);
	expect_random("entrance", OPTIONS("guard"), sample_entrance);
	expect_rejected("entrance", NULL, sample_entrance);
	expect_random("reuse", OPTIONS("strict"), sample_reuse);
	expect_random("reuse, large pool", OPTIONS("strict"), sample_reuse_large);
	expect_random("reuse, pairs", OPTIONS("strict"), sample_reuse_pairs);
	expect_rejected("reuse", OPTIONS("guard"), sample_reuse);
	expect_rejected("reuse", NULL, sample_reuse);
	entropy_measure(NULL, 200);
	bits = entropy_measure(OPTIONS("guard"), pools);
	passed += bits >= BITS_MIN;
	failed += !(bits >= BITS_MIN);
	printf("%sok - entropy: %.1f bits measured, at least %.1f wanted\n",
	       bits >= BITS_MIN ? "" : "not ", bits, BITS_MIN);
}

static void
test_halls(void)
{
	static const struct {
		const char *options;
		unsigned int longest;
	} all[] = {
		{OPTIONS("guard") ",halls=1", 10},
		{OPTIONS("guard") ",halls=4", 3},
		{OPTIONS("guard"), 1},
	};
	size_t i;

	for (i = 0; i < RTE_DIM(all); i++) {
		bool good = halls_measure(all[i].options, HALL_POOLS, all[i].longest);

		passed += good;
		failed += !good;
		printf("%sok - %s: an unknown page, and runs of up to %u pages\n",
		       good ? "" : "not ", all[i].options, all[i].longest);
	}
}

static int
print_first(const char *profile)
{
	char options[64];
	struct rte_mempool *mp;

	snprintf(options, sizeof(options), "profile=%s,backing=maze", profile);
	mp = statistics_pool(strcmp(profile, "ring_mp_mc") == 0 ? NULL : options, 640);
	printf("first %p\n", (void *)rte_pktmbuf_alloc(mp));
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned long pools = POOLS;
	int used;

	setvbuf(stdout, NULL, _IOLBF, 0);
	used = rte_eal_init(argc, argv);
	if (used >= 0 && argc - used == 3 && strcmp(argv[used + 1], "first") == 0)
		return print_first(argv[used + 2]);
	if (used >= 0 && argc - used == 2)
		pools = strtoul(argv[used + 1], NULL, 10);
	if (used < 0 || argc - used > 2 || pools < POOLS || pools > POOLS_MAX) {
		fprintf(stderr,
		        "usage: statistics EAL-OPTIONS -- [POOLS, %u to %u] | first PROFILE\n",
		        POOLS, POOLS_MAX);
		return 2;
	}
	rte_log_set_level_pattern("pmd.mempool.labyrinth", RTE_LOG_ERR);
	test_all((unsigned int)pools);
	test_halls();
	printf("%u passed, %u failed\n", passed, failed);
	rte_eal_cleanup();
	return failed == 0 ? 0 : 1;
}

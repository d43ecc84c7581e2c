/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What each profile costs, in cycles per object got and put, beside ring_mp_mc:
 * cost EAL-OPTIONS -- [ROUNDS]. All pools take turns, so that whatever disturbs
 * a round disturbs all; medians are printed. No figure is good or bad here, but
 * no buffer may be lost.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

#define MBUFS      8191
#define CACHE      256
#define ROUNDS     31
#define ROUNDS_MAX 10001
/* Objects moved in one round. */
#define OBJECTS 8192
/* Got before the first of them is put. */
#define KEPT 512

static const struct subject {
	const char *name;
	const char *options; /* NULL: ring_mp_mc */
	unsigned int cache;
} subjects[] = {
	{"ring_mp_mc", NULL, CACHE},
	{"ring_mp_mc, no cache", NULL, 0},
	{"fast", "profile=fast", CACHE},
	{"fast, no cache", "profile=fast", 0},
	{"guard", "profile=guard", CACHE},
	{"guard, sample=off", "profile=guard,sample=off", CACHE},
	{"guard, sample=64", "profile=guard,sample=64", CACHE},
	{"guard, trace=4", "profile=guard,trace=4", CACHE},
	{"strict", "profile=strict", CACHE},
	{"strict, poison=128", "profile=strict,poison=128", CACHE},
};

#define SUBJECTS RTE_DIM(subjects)

static const unsigned int bulks[] = {1, 8, 32};

#define BULKS RTE_DIM(bulks)

/* How objects are used between get and put. */
enum use {
	USE_NOT,
	USE_KEPT,
	USES
};

static const char *const use_name[USES] = {
	"got and put at once, not touched",
	"512 held, the first line of each written",
};

static struct rte_mempool *pools[SUBJECTS];

static struct rte_mempool *
pool(const struct subject *subject, unsigned int index)
{
	struct rte_mempool *mp;
	char name[16];

	snprintf(name, sizeof(name), "cost_%u", index);
	if (subject->options == NULL)
		mp = rte_pktmbuf_pool_create_by_ops(name, MBUFS, subject->cache, 0,
		                                    RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY,
		                                    "ring_mp_mc");
	else
		mp = rte_labyrinth_pktmbuf_pool_create(name, MBUFS, subject->cache, 0,
		                                       RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY,
		                                       subject->options);
	if (mp == NULL) {
		fprintf(stderr, "cost: no pool for %s: %s\n", subject->name,
		        rte_strerror(rte_errno));
		exit(2);
	}
	return mp;
}

static void
get(struct rte_mempool *mp, void **objects, unsigned int n)
{
	if (rte_mempool_get_bulk(mp, objects, n) != 0) {
		fprintf(stderr, "cost: %u buffers cannot be had\n", n);
		exit(1);
	}
}

static void
touch(void *const *objects, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		((volatile struct rte_mbuf *)objects[i])->data_len = 60;
}

static double
round_not_touched(struct rte_mempool *mp, unsigned int bulk)
{
	void *objects[64];
	uint64_t begin = rte_rdtsc_precise();
	unsigned int i;

	for (i = 0; i < OBJECTS; i += bulk) {
		get(mp, objects, bulk);
		rte_mempool_put_bulk(mp, objects, bulk);
	}
	return (double)(rte_rdtsc_precise() - begin) / OBJECTS;
}

static double
round_kept(struct rte_mempool *mp, unsigned int bulk)
{
	void *kept[KEPT];
	uint64_t begin;
	uint64_t end;
	unsigned int i;

	for (i = 0; i < KEPT; i += bulk)
		get(mp, &kept[i], bulk);
	begin = rte_rdtsc_precise();
	for (i = 0; i < OBJECTS; i += bulk) {
		void **oldest = &kept[i % KEPT];

		rte_mempool_put_bulk(mp, oldest, bulk);
		get(mp, oldest, bulk);
		touch(oldest, bulk);
	}
	end = rte_rdtsc_precise();
	for (i = 0; i < KEPT; i += bulk)
		rte_mempool_put_bulk(mp, &kept[i], bulk);
	return (double)(end - begin) / OBJECTS;
}

static int
by_number(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
measure(enum use use, unsigned int rounds)
{
	double *cycles[SUBJECTS][BULKS];
	unsigned int round;
	unsigned int s;
	unsigned int b;

	for (s = 0; s < SUBJECTS; s++) {
		for (b = 0; b < BULKS; b++) {
			cycles[s][b] = calloc(rounds, sizeof(double));
			if (cycles[s][b] == NULL)
				exit(2);
		}
	}
	for (round = 0; round < rounds; round++) {
		for (b = 0; b < BULKS; b++) {
			for (s = 0; s < SUBJECTS; s++)
				cycles[s][b][round] =
					use == USE_NOT ? round_not_touched(pools[s], bulks[b])
						       : round_kept(pools[s], bulks[b]);
		}
	}
	printf("\n%s:\n%-22s", use_name[use], "cycles per get and put");
	for (b = 0; b < BULKS; b++)
		printf("  bulk %-2u", bulks[b]);
	putchar('\n');
	for (s = 0; s < SUBJECTS; s++) {
		printf("%-22s", subjects[s].name);
		for (b = 0; b < BULKS; b++) {
			qsort(cycles[s][b], rounds, sizeof(double), by_number);
			printf(" %8.1f", cycles[s][b][rounds / 2]);
			free(cycles[s][b]);
		}
		putchar('\n');
	}
}

static int
check_all(void)
{
	unsigned int failed = 0;
	unsigned int s;

	for (s = 0; s < SUBJECTS; s++) {
		struct rte_labyrinth_stats stats = {.violations = 0};
		unsigned int there = rte_mempool_avail_count(pools[s]);

		if (subjects[s].options != NULL)
			rte_labyrinth_stats_get(pools[s], &stats);
		if (there == MBUFS && stats.violations == 0)
			continue;
		printf("not ok - %s: %u buffers of %u came back, %u violations\n", subjects[s].name,
		       there, MBUFS, (unsigned int)stats.violations);
		failed++;
	}
	printf("%u passed, %u failed\n", (unsigned int)SUBJECTS - failed, failed);
	return failed == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	unsigned long rounds = ROUNDS;
	unsigned int s;
	int used;

	setvbuf(stdout, NULL, _IOLBF, 0);
	used = rte_eal_init(argc, argv);
	if (used >= 0 && argc - used == 2)
		rounds = strtoul(argv[used + 1], NULL, 10);
	if (used < 0 || argc - used > 2 || rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: cost EAL-OPTIONS -- [ROUNDS, 1 to %u]\n", ROUNDS_MAX);
		return 2;
	}
	rte_log_set_level_pattern("pmd.mempool.labyrinth", RTE_LOG_ERR);
	for (s = 0; s < SUBJECTS; s++)
		pools[s] = pool(&subjects[s], s);
	printf("%lu interleaved rounds of %u objects, medians; caches of %u\n", rounds, OBJECTS,
	       CACHE);
	measure(USE_NOT, (unsigned int)rounds);
	measure(USE_KEPT, (unsigned int)rounds);
	return check_all();
}

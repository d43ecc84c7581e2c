/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * After how many packets does the option sample find a write to a freed buffer?
 *
 *   sampling EAL-OPTIONS -- N TRIALS
 *
 * Packets are received and sent in bursts, some hundred are under way. Of one in BUG_EVERY
 * packets the buffer is written once more after it was freed. One line: the median and the
 * mean of all trials, in packets. Fails if the mean is far from N * BUG_EVERY.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

#define MBUFS      8191
#define CACHE      256
#define BURST      32
#define UNDER_WAY  512
#define BUG_EVERY  1000
#define TRIALS_MAX 1000
/* 64-byte packets of 100 Gbps, a second. */
#define PACKETS_RATE 148.8e6

static struct rte_mbuf *under_way[UNDER_WAY];
static unsigned int at;
static uint32_t until_bug = BUG_EVERY;
static unsigned int found;

static void
on_violation(const struct rte_labyrinth_violation *violation, void *arg)
{
	(void)arg;
	found += strcmp(violation->kind, "write after free") == 0;
}

/* One burst comes, the oldest one goes; now and then a buffer that has gone is written. */
static void
burst(struct rte_mempool *pool)
{
	struct rte_mbuf **place = &under_way[at];
	unsigned int i;

	rte_pktmbuf_free_bulk(place, BURST);
	for (i = 0; i < BURST; i++) {
		if (--until_bug > 0)
			continue;
		until_bug = 1 + (uint32_t)rand() % (2 * BUG_EVERY - 1);
		*(uint8_t *)((uintptr_t)place[i] + sizeof(struct rte_mbuf) + 200) ^= 1;
	}
	if (rte_pktmbuf_alloc_bulk(pool, place, BURST) != 0)
		exit(4);
	for (i = 0; i < BURST; i++)
		memset(rte_pktmbuf_mtod(place[i], void *), (int)at, 64);
	at = (at + BURST) % UNDER_WAY;
}

static uint64_t
trial(struct rte_mempool *pool)
{
	unsigned int before = found;
	uint64_t packets = 0;

	while (found == before) {
		burst(pool);
		packets += BURST;
	}
	return packets;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int
result(unsigned int sample, uint64_t *packets, unsigned int trials)
{
	double expected = (double)sample * BUG_EVERY;
	double mean = 0;
	unsigned int i;

	for (i = 0; i < trials; i++)
		mean += (double)packets[i] / trials;
	qsort(packets, trials, sizeof(packets[0]), by_number);
	printf("sample=%-6u | %11" PRIu64 " | %11.0f | %8.1f\n", sample, packets[trials / 2], mean,
	       mean / PACKETS_RATE * 1000);
	/* Of 15 trials, one time in 100,000 the mean is as far off as that. */
	return mean > expected * 0.25 && mean < expected * 3 ? 0 : 1;
}

static struct rte_mempool *
pool_make(unsigned int sample)
{
	struct rte_mempool *pool;
	char options[96];

	snprintf(options, sizeof(options), "violation=report,patrol=off,sample=%u", sample);
	pool = rte_labyrinth_pktmbuf_pool_create("sampling", MBUFS, CACHE, 0,
	                                         RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY, options);
	if (pool == NULL || rte_pktmbuf_alloc_bulk(pool, under_way, UNDER_WAY) != 0) {
		fprintf(stderr, "sampling: no pool: %s\n", rte_strerror(rte_errno));
		exit(2);
	}
	return pool;
}

int
main(int argc, char **argv)
{
	static uint64_t packets[TRIALS_MAX];
	struct rte_mempool *pool;
	unsigned int trials;
	unsigned int sample;
	unsigned int i;
	int used = rte_eal_init(argc, argv);

	if (used < 0 || argc - used != 3) {
		fprintf(stderr, "usage: sampling EAL-OPTIONS -- N TRIALS\n");
		return 2;
	}
	sample = (unsigned int)atoi(argv[used + 1]);
	trials = (unsigned int)atoi(argv[used + 2]);
	if (sample < 2 || trials == 0 || trials > TRIALS_MAX) {
		fprintf(stderr, "sampling: N from 2 on, TRIALS from 1 to %u\n", TRIALS_MAX);
		return 2;
	}
	rte_log_set_level_pattern("pmd.mempool.labyrinth", RTE_LOG_EMERG);
	rte_labyrinth_violation_cb_set(on_violation, NULL);
	pool = pool_make(sample);
	for (i = 0; i < trials; i++)
		packets[i] = trial(pool);
	return result(sample, packets, trials);
}

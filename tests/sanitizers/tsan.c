/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A program for -fsanitize=thread: two threads with and one without lcore id get
 * buffers, write into them and put them back. With "race" as its argument it has
 * a race of its own: all of them write into one buffer.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#define ROUNDS 20000
/* The runtime reports a race only while it remembers both places. */
#define FEW_ROUNDS 10
#define BURST      32
/* So few that threads get each other's. */
#define FEW 127

static bool race;
static char *shared;

static int
get_write_put(struct rte_mempool *pool, unsigned int burst)
{
	struct rte_mbuf *packets[BURST];
	unsigned int i;

	/* The other threads may have all that there are. */
	if (rte_pktmbuf_alloc_bulk(pool, packets, burst) != 0)
		return 0;
	for (i = 0; i < burst; i++)
		memset(rte_pktmbuf_mtod(packets[i], char *), (int)i, 64);
	rte_pktmbuf_free_bulk(packets, burst);
	return 0;
}

static void *
work(void *arg)
{
	unsigned int i;

	/* Before anything that would put the threads in an order. */
	if (race)
		shared[0] = 1;
	for (i = 0; i < (race ? FEW_ROUNDS : ROUNDS); i++)
		get_write_put(arg, i % 2 == 0 ? BURST : 1);
	return NULL;
}

/*
 * Not an lcore of EAL's, whose end of work the runtime does not see; and only one,
 * since EAL's lock of its list of lcores it does not see either.
 */
static void *
work_as_lcore(void *arg)
{
	if (rte_thread_register() != 0)
		return NULL;
	work(arg);
	rte_thread_unregister();
	return NULL;
}

static int
round_of(unsigned int size, unsigned int cache)
{
	struct rte_mempool *pool =
		rte_pktmbuf_pool_create("packets", size, cache, 0, 2176, SOCKET_ID_ANY);
	struct rte_mbuf *packet;
	pthread_t threads[2];
	unsigned int i;

	if (pool == NULL) {
		printf("no pool: %s\n", rte_strerror(rte_errno));
		return -1;
	}
	packet = rte_pktmbuf_alloc(pool);
	shared = rte_pktmbuf_mtod(packet, char *);
	for (i = 0; i < RTE_DIM(threads); i++) {
		if (pthread_create(&threads[i], NULL, i == 0 ? work : work_as_lcore, pool) != 0)
			return -1;
	}
	work(pool);
	for (i = 0; i < RTE_DIM(threads); i++)
		pthread_join(threads[i], NULL);
	rte_pktmbuf_free(packet);
	printf("available: %u of %u\n", rte_mempool_avail_count(pool), size);
	rte_mempool_free(pool);
	return 0;
}

int
main(int argc, char **argv)
{
	int words = rte_eal_init(argc, argv);

	if (words < 0)
		return EXIT_FAILURE;
	race = words + 1 < argc && strcmp(argv[words + 1], "race") == 0;
	if (round_of(8191, 256) != 0 || round_of(FEW, 0) != 0)
		return EXIT_FAILURE;
	return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Everything at once: threads and processes on few processors get and put bulks of any
 * size out of a pool that is too small for them, pass frames on, are interrupted by
 * signals whose handlers do the same, are stopped and continued, while pools come and go.
 * Each frame carries a value that is checked whenever it changes hands.
 *
 * stress SECONDS SEED SECONDARIES CACHE OPTIONS -- EAL OPTIONS
 */

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_memzone.h>

#include "rte_mempool_labyrinth.h"
#include "stress.h"
#include "whole.h"

struct stress_shared *stress_shared;
struct rte_mempool *stress_pool;
struct rte_ring *stress_rings[STRESS_PLACES];
unsigned int stress_place;
unsigned int stress_secondaries;
const char *stress_options;

static char *words[STRESS_WORDS]; /* as they were: EAL writes to its own */

/* Says of its own process what others need to pass frames to it. */
static int
ready(void)
{
	unsigned int process;

	if (rte_labyrinth_process(&process) != 0)
		return -1;
	__atomic_store_n(&stress_shared->process[stress_place], process + 1, __ATOMIC_RELEASE);
	return 0;
}

static bool
find_rings(bool make)
{
	char name[RTE_RING_NAMESIZE];
	unsigned int i;

	for (i = 0; i < STRESS_PLACES; i++) {
		snprintf(name, sizeof(name), "stress%u", i);
		stress_rings[i] =
			make ? rte_ring_create(name, 512, SOCKET_ID_ANY, 0) : rte_ring_lookup(name);
		if (stress_rings[i] == NULL)
			return false;
	}
	return true;
}

static int
secondary(uint64_t seed)
{
	const struct rte_memzone *zone = rte_memzone_lookup(STRESS_POOL);
	unsigned int n;

	stress_pool = rte_mempool_lookup(STRESS_POOL);
	if (zone == NULL || stress_pool == NULL || !find_rings(false))
		return EXIT_FAILURE;
	stress_shared = zone->addr;
	if (ready() != 0)
		return EXIT_FAILURE;
	n = stress_start(seed);
	while (!stress_stopping()) {
		usleep(300);
		stress_interrupt(n, &seed);
	}
	stress_finish();
	return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Nobody works any more: each frame is there, once. */
static void
account(void)
{
	static void *all[STRESS_SIZE + 1];
	struct rte_labyrinth_recovery found;
	struct rte_labyrinth_stats stats = {0};
	unsigned int n, i, available, twice;

	for (i = 0; i < STRESS_PLACES; i++) {
		while (rte_ring_dequeue(stress_rings[i], &all[0]) == 0) {
			stress_verify(all, 1);
			rte_mempool_put(stress_pool, all[0]);
		}
	}
	for (i = 0; i < 100 && rte_labyrinth_recover(stress_pool, &found) != 0; i++)
		usleep(1000);
	rte_labyrinth_stats_get(stress_pool, &stats);
	available = rte_mempool_avail_count(stress_pool);
	n = whole_count(stress_pool, all, RTE_DIM(all), &twice);
	printf("%u %u %u %" PRIu64 " ", available, n, twice, stats.steals);
}

static int
primary(unsigned int seconds, uint64_t seed, unsigned int cache)
{
	const struct rte_memzone *zone;
	pthread_t churner;
	unsigned int n;
	int status;

	zone = rte_memzone_reserve(STRESS_POOL, sizeof(*stress_shared), SOCKET_ID_ANY, 0);
	stress_pool = rte_labyrinth_pktmbuf_pool_create(STRESS_POOL, STRESS_SIZE, cache, 0,
	                                                STRESS_ROOM, SOCKET_ID_ANY, stress_options);
	if (zone == NULL || stress_pool == NULL || !find_rings(true))
		return EXIT_FAILURE;
	stress_shared = zone->addr;
	memset(stress_shared, 0, sizeof(*stress_shared));
	if (ready() != 0)
		return EXIT_FAILURE;
	n = stress_start(seed);
	if (pthread_create(&churner, NULL, stress_churn, NULL) != 0)
		stress_give_up("stress: a thread cannot be started\n");
	stress_start_secondaries(words);
	stress_disturb(n, seed, seconds);
	__atomic_store_n(&stress_shared->stop, true, __ATOMIC_RELAXED);
	stress_finish();
	pthread_join(churner, NULL);
	stress_end_secondaries();
	account();
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
	       stress_shared->wrong, stress_shared->gets, stress_shared->passed,
	       stress_shared->signals, stress_shared->stops, stress_shared->pools);
	status = stress_shared->wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	rte_mempool_free(stress_pool);
	return rte_eal_cleanup() == 0 ? status : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	const char *as = getenv("STRESS_PLACE");
	uint64_t seed;
	int i;

	if (argc < 7 || strcmp(argv[6], "--") != 0) {
		fprintf(stderr,
		        "usage: stress SECONDS SEED SECONDARIES CACHE OPTIONS -- EAL OPTIONS\n");
		return EXIT_FAILURE;
	}
	for (i = 0; i < argc && i < STRESS_WORDS - 1; i++)
		words[i] = strdup(argv[i]);
	seed = strtoull(argv[2], NULL, 10);
	stress_secondaries = RTE_MIN((unsigned int)atoi(argv[3]), (unsigned int)STRESS_PLACES - 1);
	stress_options = argv[5];
	stress_place = as == NULL ? 0 : (unsigned int)atoi(as);
	if (stress_place != 0 && !stress_die_with_primary())
		return EXIT_FAILURE;
	if (rte_eal_init(argc - 6, argv + 6) < 0)
		return EXIT_FAILURE;
	return stress_place != 0
	               ? secondary(seed)
	               : primary((unsigned int)atoi(argv[1]), seed, (unsigned int)atoi(argv[4]));
}

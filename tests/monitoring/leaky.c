/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A test plugin with bugs (-d). A thread of its own obeys the words in the file
 * that LEAKY names, one at a time, about the first pool there is: "leak" keeps 100
 * more buffers each 100 ms from then on, "twice" frees one buffer twice, "greedy" asks
 * for more buffers than there are.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#define STEP_US 100000
#define STEP    100
#define GREEDY  16384

static struct rte_mempool *pool;
static const char *file;

static void
find_pool(struct rte_mempool *mp, void *arg)
{
	(void)arg;
	if (pool == NULL && mp->populated_size == mp->size)
		pool = mp;
}

static void
obey(const char *word)
{
	static void *all[GREEDY];
	static int leaking;
	void *packet;

	leaking |= strcmp(word, "leak") == 0;
	if (leaking && rte_mempool_get_bulk(pool, all, STEP) != 0)
		leaking = 0;
	if (strcmp(word, "twice") == 0 && rte_mempool_get(pool, &packet) == 0) {
		rte_mempool_put(pool, packet);
		rte_mempool_put(pool, packet);
	}
	if (strcmp(word, "greedy") == 0 && rte_mempool_get_bulk(pool, all, GREEDY) == 0)
		rte_mempool_put_bulk(pool, all, GREEDY);
}

static void *
watch(void *arg)
{
	char word[16];
	FILE *from;

	for (;; usleep(STEP_US)) {
		word[0] = '\0';
		from = fopen(file, "r");
		if (from != NULL) {
			if (fscanf(from, "%15s", word) != 1)
				word[0] = '\0';
			fclose(from);
			(void)unlink(file);
		}
		if (word[0] != '\0' && pool == NULL)
			rte_mempool_walk(find_pool, NULL);
		if (pool != NULL)
			obey(word);
	}
	return arg;
}

RTE_INIT(leaky_init)
{
	pthread_t thread;

	file = getenv("LEAKY");
	if (file != NULL && pthread_create(&thread, NULL, watch, NULL) == 0)
		pthread_detach(thread);
}

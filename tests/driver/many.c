/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * One very large pool, and very many pools at once: every buffer can be got,
 * none twice, and all the memory comes back.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_memory.h>

#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"
#include "traces.h"

#define LARGE       1000000u
#define LARGE_PAGES 1180
#define POOLS       64
#define POOL_SIZE   1023
/* More pools than EAL has lists of memory segments. */
#define CROWD (RTE_MAX_MEMSEG_LISTS + 8)

static void
large_pool(const char *config)
{
	struct pool_spec spec = {.n = LARGE, .config = config};
	void **objects = calloc(LARGE + 1, sizeof(*objects));
	struct rte_mempool *mp;
	struct traces before;
	unsigned int n;

	if (objects == NULL)
		die("many: no memory");
	log_clear();
	traces_take(&before);
	mp = pool_make(&spec);
	check(mp != NULL, "%u mbufs in one pool, %s: %s", LARGE, config,
	      mp != NULL ? "made" : rte_strerror(rte_errno));
	if (mp == NULL) {
		free(objects);
		return;
	}
	check(rte_mempool_avail_count(mp) == LARGE, "%s: %u available", config,
	      rte_mempool_avail_count(mp));
	n = pool_drain(mp, objects, LARGE + 1);
	check(n == LARGE && all_distinct(objects, n), "%s: %u got, no two the same", config, n);
	check(rte_mempool_avail_count(mp) == 0, "%s: none is left", config);
	rte_mempool_put_bulk(mp, objects, n);
	check(rte_mempool_avail_count(mp) == LARGE, "%s: all came back", config);
	rte_mempool_free(mp);
	free(objects);
	traces_check(config, &before);
}

static unsigned int
pools_open(struct rte_mempool **pools, unsigned int n, unsigned int size, const char *config)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct pool_spec spec = {.name = name, .n = size, .config = config};
	unsigned int made;

	for (made = 0; made < n; made++) {
		snprintf(name, sizeof(name), "many_%u", made);
		pools[made] = pool_make(&spec);
		if (pools[made] == NULL)
			break;
	}
	return made;
}

static void
pools_close(struct rte_mempool **pools, unsigned int n)
{
	while (n > 0)
		rte_mempool_free(pools[--n]);
}

static void
many_pools(const char *config)
{
	void **objects = calloc(POOLS * POOL_SIZE + 1, sizeof(*objects));
	struct rte_mempool *pools[POOLS];
	struct traces before;
	unsigned int made;
	unsigned int got = 0;
	unsigned int i;

	if (objects == NULL)
		die("many: no memory");
	log_clear();
	traces_take(&before);
	made = pools_open(pools, POOLS, POOL_SIZE, config);
	check(made == POOLS, "%u pools of %d at once, %s", made, POOL_SIZE, config);
	for (i = 0; i < made; i++)
		got += pool_drain(pools[i], objects + got, POOL_SIZE + 1);
	for (i = 0; i < made; i++)
		rte_mempool_put_bulk(pools[i], objects + i * POOL_SIZE, POOL_SIZE);
	check(got == made * POOL_SIZE && all_distinct(objects, got),
	      "%s: %u mbufs of all pools, no two the same", config, got);
	pools_close(pools, made);
	free(objects);
	traces_check(config, &before);
}

/* EAL knows 128 lists: what has no place in one lies in EAL's memory, with auto. */
static void
crowd_of_pools(void)
{
	struct rte_mempool *pools[CROWD];
	struct rte_labyrinth_info info;
	struct traces before;
	unsigned int mazes = 0;
	unsigned int made;
	unsigned int i;

	log_clear();
	traces_take(&before);
	made = pools_open(pools, CROWD, 15, "backing=auto");
	check(made == CROWD, "%u small pools at once", made);
	for (i = 0; i < made; i++) {
		rte_labyrinth_info_get(pools[i], &info);
		mazes += info.backing == RTE_LABYRINTH_BACKING_MAZE;
	}
	check(mazes > 64 && mazes < CROWD, "%u of them in mazes, the others in EAL's memory",
	      mazes);
	pools_close(pools, made);
	traces_check("a crowd of pools", &before);
}

int
main(int argc, char **argv)
{
	bool small = argc == 2 && strcmp(argv[1], "small") == 0;

	if (argc > 1 && !small)
		die("usage: test_many [small]");
	/* Where physical addresses matter, small pages are of no use. */
	eal_start("many", 512, small ? "-l 0 --iova-mode=va" : "-l 0");
	traces_warm_up();
	if (small) {
		many_pools("backing=maze,pages=small");
		large_pool("backing=maze,pages=small");
		return finish();
	}
	many_pools("backing=maze");
	many_pools("backing=eal");
	crowd_of_pools();
	if (!eal_huge() || huge_pages_free() < LARGE_PAGES) {
		skip("1,000,000 mbufs on huge pages", "needs 1180 free huge pages of 2 MiB");
	} else {
		large_pool("backing=maze,pages=huge");
		large_pool("backing=maze,pages=huge,profile=fast");
	}
	return finish();
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Pools in memory that the application brings: as many elements fit as with
 * DPDK's own layout, wherever that memory begins, and it may come in pieces.
 */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_errno.h>

#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"
#include "traces.h"

#define SIZE    1000
#define OFFSETS 64

/* Elements that these ops find place for in this memory. */
static int
count_fits(const struct pool_spec *spec, void *memory, size_t len)
{
	struct rte_mempool *mp = pool_make_empty(spec);
	int fits;

	if (mp == NULL)
		die("given: no pool: %s", rte_strerror(rte_errno));
	fits = rte_mempool_populate_iova(mp, memory, RTE_BAD_IOVA, len, NULL, NULL);
	rte_mempool_free(mp);
	return fits;
}

/* Memory of the size DPDK's layout needs at best, at many offsets from a page. */
static void
never_fewer(const char *config, unsigned int elt, unsigned int flags)
{
	struct pool_spec ring = {.n = SIZE, .elt = elt, .flags = flags, .ops = OPS_RING};
	struct pool_spec spec = {.n = SIZE, .elt = elt, .flags = flags, .config = config};
	size_t len = (size_t)rte_mempool_calc_obj_size(elt, flags, NULL) * SIZE;
	size_t whole = len + RTE_PGSIZE_2M;
	struct traces before;
	unsigned int good = 0;
	unsigned int more = 0;
	uint8_t *memory;
	unsigned int i;

	log_clear();
	memory = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("given: no memory");
	traces_take(&before);
	for (i = 0; i < OFFSETS; i++) {
		uint8_t *at = memory + RTE_PGSIZE_2M / OFFSETS * i + 24 * i;
		int usual = count_fits(&ring, at, len);
		int ours = count_fits(&spec, at, len);

		good += ours >= usual;
		more += ours > usual;
	}
	check(good == OFFSETS,
	      "%s, elements of %u bytes, flags 0x%x: at %u of %d places as many fit as by DPDK's "
	      "layout, at %u more",
	      config, elt, flags, good, OFFSETS, more);
	traces_check("memory given", &before);
	munmap(memory, whole);
}

/* Get all of a pool that has the half of its elements, and put them back. */
static bool
part_drains(struct rte_mempool *mp)
{
	static void *objects[SIZE];
	unsigned int n = 0;
	unsigned int i;
	unsigned int j;
	bool once = true;

	while (n < SIZE && rte_mempool_get(mp, &objects[n]) == 0)
		n++;
	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			once = once && objects[i] != objects[j];
	}
	rte_mempool_put_bulk(mp, objects, n);
	return once && n == SIZE / 2 && rte_mempool_avail_count(mp) == SIZE / 2;
}

/* Memory that comes in pieces, the last of which completes the pool. */
static void
memory_in_pieces(const char *config, bool count_first)
{
	struct pool_spec spec = {
		.n = SIZE, .elt = 192, .config = config, .flags = RTE_MEMPOOL_F_NO_IOVA_CONTIG};
	size_t len = (size_t)rte_mempool_calc_obj_size(192, spec.flags, NULL) * (SIZE / 2);
	struct rte_mempool *mp = pool_make_empty(&spec);
	void *first = aligned_alloc(RTE_PGSIZE_2M, RTE_PGSIZE_2M);
	void *second = aligned_alloc(RTE_PGSIZE_2M, RTE_PGSIZE_2M);
	void *object = NULL;
	int ret;

	if (mp == NULL || first == NULL || second == NULL)
		die("given: no memory");
	log_clear();
	ret = rte_mempool_populate_iova(mp, first, RTE_BAD_IOVA, len, NULL, NULL);
	check(ret == SIZE / 2, "%s: %d of %d elements in the first half of the memory", config, ret,
	      SIZE / 2);
	/* Whoever counts first, or gets. */
	check((count_first ? rte_mempool_avail_count(mp) == SIZE / 2 : true) &&
	              rte_mempool_get(mp, &object) == 0 &&
	              rte_mempool_avail_count(mp) == SIZE / 2 - 1,
	      "%s: the first half can be got and is counted, %s first", config,
	      count_first ? "counted" : "got");
	rte_mempool_put(mp, object);
	check(part_drains(mp), "%s: of the first half each can be got once, and no more", config);
	ret = rte_mempool_populate_iova(mp, second, RTE_BAD_IOVA, len, NULL, NULL);
	check(ret == SIZE / 2, "%s: %d of %d elements in the second half", config, ret, SIZE / 2);
	pool_expect_sound(mp, config, 64);
	check(rte_mempool_populate_iova(mp, second, RTE_BAD_IOVA, len, NULL, NULL) == -ENOSPC,
	      "%s: a third piece is refused", config);
	rte_mempool_free(mp);
	free(first);
	free(second);
}

static struct rte_mempool *other;

/* Gets half of the half there is; one that fails while the other opens the pool tries again. */
static void *
getter(void *arg)
{
	struct rte_mempool *mp = arg;
	static _Atomic unsigned int ready;
	uintptr_t got = 0;
	unsigned int tries;
	void *object;

	cpu_set_t all;

	/* EAL gave its main thread one CPU, which the other one inherits. */
	memset(&all, 0xff, sizeof(all));
	pthread_setaffinity_np(pthread_self(), sizeof(all), &all);
	/* A thread's first get takes long; the second one is to be at the same time. */
	if (rte_mempool_get(other, &object) == 0)
		rte_mempool_put(other, object);
	atomic_fetch_add(&ready, 1);
	while (atomic_load(&ready) % 2 != 0)
		;
	for (tries = 0; tries < 1000000 && got < SIZE / 4; tries++)
		got += rte_mempool_get(mp, &object) == 0;
	return (void *)got;
}

/* Two threads need what is there at the same moment: it is opened once. */
static void
opened_by_two(const char *config)
{
	struct pool_spec spec = {
		.n = SIZE, .elt = 192, .config = config, .flags = RTE_MEMPOOL_F_NO_IOVA_CONTIG};
	size_t len = (size_t)rte_mempool_calc_obj_size(192, spec.flags, NULL) * (SIZE / 2);
	void *memory = aligned_alloc(RTE_PGSIZE_2M, RTE_PGSIZE_2M);
	unsigned int good = 0;
	unsigned int i;

	other = pool_make(&(struct pool_spec){.name = "other", .n = SIZE, .config = config});
	if (other == NULL)
		die("given: no pool");
	for (i = 0; i < 50; i++) {
		struct rte_mempool *mp = pool_make_empty(&spec);
		pthread_t thread;
		void *theirs = NULL;
		void *mine;

		if (memory == NULL || mp == NULL ||
		    rte_mempool_populate_iova(mp, memory, RTE_BAD_IOVA, len, NULL, NULL) !=
		            SIZE / 2 ||
		    pthread_create(&thread, NULL, getter, mp) != 0)
			die("given: no pool for two threads");
		mine = getter(mp);
		pthread_join(thread, &theirs);
		good += (uintptr_t)mine + (uintptr_t)theirs == SIZE / 2 &&
		        rte_mempool_avail_count(mp) == 0;
		rte_mempool_free(mp);
	}
	check(good == i, "%s: two threads open a part at once, %u of %u times all is got", config,
	      good, i);
	rte_mempool_free(other);
	free(memory);
}

static void
anonymous_memory(const char *config)
{
	struct pool_spec spec = {.n = SIZE, .config = config};
	struct rte_mempool *mp;
	struct traces before;
	int ret;

	log_clear();
	traces_take(&before);
	mp = pool_make_empty(&spec);
	if (mp == NULL)
		die("given: no pool");
	ret = rte_mempool_populate_anon(mp);
	check(ret == SIZE, "%s: %d of %d mbufs in anonymous memory", config, ret, SIZE);
	if (ret == SIZE)
		pool_expect_sound(mp, "in anonymous memory", 64);
	check(rte_mempool_populate_anon(mp) == 0 && rte_errno == EINVAL,
	      "%s: to populate it again is refused", config);
	rte_mempool_free(mp);
	traces_check("anonymous memory", &before);
}

int
main(void)
{
	eal_start("given", 64, "-l 0");
	traces_warm_up();
	never_fewer("profile=fast", 1984, 0);
	never_fewer("profile=guard", 1984, 0);
	never_fewer("profile=fast", 2304, 0);
	never_fewer("profile=guard", 2304, 0);
	never_fewer("profile=guard", 24, 0);
	/* The trailer has space for a canary already. */
	never_fewer("profile=strict", 1900, 0);
	never_fewer("profile=fast", 8, RTE_MEMPOOL_F_NO_CACHE_ALIGN);
	never_fewer("profile=fast", 300, RTE_MEMPOOL_F_NO_IOVA_CONTIG);
	memory_in_pieces("profile=fast", true);
	memory_in_pieces("profile=guard", true);
	memory_in_pieces("profile=guard", false);
	memory_in_pieces("profile=strict", false);
	opened_by_two("profile=guard");
	anonymous_memory("profile=fast");
	anonymous_memory("profile=guard");
	anonymous_memory("profile=strict");
	return finish();
}

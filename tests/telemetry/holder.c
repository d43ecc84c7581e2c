/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A program that knows nothing of labyrinth and keeps buffers, got at several places, or
 * frees one twice:
 *
 *   holder EAL-OPTIONS -- few|many|called|twice
 *
 * Says "ready" when it has them, and waits for a signal.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#define MBUFS    4095
#define NOINLINE __attribute__((noinline))
/* Keeps the compiler from making one function of two, or many calls of one. */
#define STAY(n, name) __asm__ volatile("# " name : "+r"(n))

static struct rte_mempool *pool;

static NOINLINE int
keep_here(unsigned int n)
{
	STAY(n, "here");
	for (; n > 0; n--)
		if (rte_pktmbuf_alloc(pool) == NULL) /* LINE here */
			return -1;
	return 0;
}

static NOINLINE int
keep_there(unsigned int n)
{
	STAY(n, "there");
	for (; n > 0; n--)
		if (rte_pktmbuf_alloc(pool) == NULL) /* LINE there */
			return -1;
	return 0;
}

static int
on_worker(void *arg)
{
	(void)arg;
	return keep_here(30);
}

/* Two places, one of them on two lcores. */
static int
few(void)
{
	unsigned int lcore = rte_get_next_lcore(-1, 1, 0);
	int ret;

	if (lcore == RTE_MAX_LCORE || keep_here(100) != 0 || keep_there(70) != 0)
		return -1;
	ret = rte_eal_remote_launch(on_worker, NULL, lcore);
	if (ret == 0)
		ret = rte_eal_wait_lcore(lcore);
	if (ret != 0)
		printf("worker: %d, of %u buffers %u are available\n", ret, pool->size,
		       rte_mempool_avail_count(pool));
	return ret;
}

/*
 * More places than an answer lists, with names longer than it has room for, place n
 * keeps n buffers.
 */
#define LONG \
	keep_in_a_function_whose_name_is_far_longer_than_what_an_answer_has_room_for_in_one_place_
#define JOIN(a, b)   JOINED(a, b)
#define JOINED(a, b) a##b
#define PLACE(n)                                             \
	static NOINLINE int JOIN(LONG, n)(void)              \
	{                                                    \
		int left = 1##n - 100;                       \
                                                             \
		STAY(left, #n);                              \
		for (; left > 0; left--)                     \
			if (rte_pktmbuf_alloc(pool) == NULL) \
				return -1;                   \
		return 0;                                    \
	}
#define TEN(f, d) f(d##0) f(d##1) f(d##2) f(d##3) f(d##4) f(d##5) f(d##6) f(d##7) f(d##8) f(d##9)
#define ALL(f)    TEN(f, 0) TEN(f, 1) TEN(f, 2) TEN(f, 3) TEN(f, 4) TEN(f, 5)
#define NAME(n)   JOIN(LONG, n),

ALL(PLACE)

static int (*const places[])(void) = {ALL(NAME)};

static int
many(void)
{
	unsigned int i;

	/* In no order of size: the largest must be told of wherever they stand. */
	for (i = 0; i < RTE_DIM(places); i++)
		if (places[i * 37 % RTE_DIM(places)]() != 0)
			return -1;
	return 0;
}

/* As programs that are not optimized: DPDK's function asks, the place is who called that. */
static struct rte_mbuf *(*volatile alloc)(struct rte_mempool *mp) = rte_pktmbuf_alloc;

static NOINLINE int
keep_called(unsigned int n)
{
	STAY(n, "called");
	for (; n > 0; n--)
		if (alloc(pool) == NULL) /* LINE called */
			return -1;
	return 0;
}

static NOINLINE int
keep_called_again(unsigned int n)
{
	STAY(n, "again");
	for (; n > 0; n--)
		if (alloc(pool) == NULL) /* LINE again */
			return -1;
	return 0;
}

static int
called(void)
{
	return keep_called(20) | keep_called_again(10);
}

/* Not what it holds, but what it does wrong: frees by two places, and by a computed pointer. */
static NOINLINE void
first_free(struct rte_mbuf *m, unsigned int n)
{
	STAY(n, "first");
	rte_pktmbuf_free(m); /* LINE first */
	STAY(n, "first");
}

static NOINLINE void
second_free(struct rte_mbuf *m, unsigned int n)
{
	STAY(n, "second");
	rte_pktmbuf_free(m); /* LINE second */
	STAY(n, "second");
}

static int
twice(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool); /* LINE twice */

	if (m == NULL)
		return -1;
	first_free(m, 1);
	second_free(m, 1);
	rte_mempool_put(pool, (uint8_t *)m + 64); /* LINE interior */
	printf("buffer %p\n", (void *)m);
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(void);
} kinds[] = {{"few", few}, {"many", many}, {"called", called}, {"twice", twice}};

int
main(int argc, char **argv)
{
	int used = rte_eal_init(argc, argv);
	unsigned int i;

	if (used < 0 || argc - used < 2)
		return 2;
	pool = rte_pktmbuf_pool_create("rx", MBUFS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	for (i = 0; pool != NULL && i < RTE_DIM(kinds); i++) {
		if (strcmp(kinds[i].name, argv[used + 1]) != 0)
			continue;
		if (kinds[i].fn() != 0)
			return 3;
		printf("ready\n");
		fflush(stdout);
		return pause();
	}
	return 2;
}

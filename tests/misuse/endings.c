/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What an application does when it is told of a violation, and what it does after one:
 *
 *   endings EAL-OPTIONS -- SCENE
 *
 * patrols.sh reads what is said, and how it ends.
 */

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

#define FEW  512
#define MANY 16380
/* In microseconds: some rounds of a patrol of 20 ms. */
#define ROUNDS 300000

static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
static _Atomic unsigned int told;
static struct rte_mempool *pool;

static struct rte_mempool *
make(const char *name, unsigned int n)
{
	struct rte_mempool *mp =
		rte_pktmbuf_pool_create_by_ops(name, n, 0, 0, 256, SOCKET_ID_ANY, "labyrinth");

	if (mp == NULL) {
		fprintf(stderr, "endings: no pool: %s\n", rte_strerror(rte_errno));
		exit(2);
	}
	return mp;
}

/* One byte too many. */
static void
overrun(struct rte_mbuf *m)
{
	volatile char *end = (char *)m->buf_addr + m->buf_len;

	*end ^= 0x55;
}

static void
on_count(const struct rte_labyrinth_violation *violation, void *arg)
{
	(void)violation;
	(void)arg;
	told++;
}

/* As programs do that want to end in their own way. */
static void
on_exit_seven(const struct rte_labyrinth_violation *violation, void *arg)
{
	(void)violation;
	(void)arg;
	pthread_mutex_lock(&own);
	fprintf(stderr, "endings: told %u\n", ++told);
	exit(7);
}

static void
on_crash(const struct rte_labyrinth_violation *violation, void *arg)
{
	(void)violation;
	(void)arg;
	raise(SIGSEGV);
}

/* The patrol tells, and the callback ends the process. */
static int
exit_in_callback(void)
{
	rte_labyrinth_violation_cb_set(on_exit_seven, NULL);
	overrun(rte_pktmbuf_alloc(pool));
	usleep(30 * ROUNDS);
	return 0;
}

/* So does a call, while there is something that the patrol has not seen yet. */
static int
exit_in_call(void)
{
	struct rte_mbuf *twice = rte_pktmbuf_alloc(pool);

	rte_labyrinth_violation_cb_set(on_exit_seven, NULL);
	overrun(rte_pktmbuf_alloc(pool));
	rte_pktmbuf_free(twice);
	rte_mempool_put(pool, twice);
	return 0;
}

/* The callback's own fault is the program's end, wherever it is told. */
static int
crash_in_callback(void)
{
	rte_labyrinth_violation_cb_set(on_crash, NULL);
	overrun(rte_pktmbuf_alloc(pool));
	rte_mempool_free(pool);
	return 0;
}

static int
crash_on_patrol(void)
{
	rte_labyrinth_violation_cb_set(on_crash, NULL);
	overrun(rte_pktmbuf_alloc(pool));
	usleep(30 * ROUNDS);
	return 0;
}

static void
overrun_one(struct rte_mempool *mp, void *arg, void *object, unsigned int i)
{
	(void)arg;
	(void)i;
	/* The last one of a page may end at a wall. */
	if (((uintptr_t)object ^ ((uintptr_t)object + mp->elt_size + 7)) >> 21 == 0)
		overrun(object);
}

static double
cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* CPU time that telling of each took, in seconds, where a pool has so many buffers. */
static double
each_takes(unsigned int n)
{
	struct rte_mempool *mp = make("many", n);
	double began;

	told = 0;
	rte_mempool_obj_iter(mp, overrun_one, NULL);
	began = cpu_seconds();
	rte_mempool_free(mp);
	return (cpu_seconds() - began) / (told + 1);
}

/* Those of neighbours may be told as one. Each takes no longer where there are more of them. */
static int
many(void)
{
	double few;

	rte_labyrinth_violation_cb_set(on_count, NULL);
	few = each_takes(MANY / 8);
	printf("endings: each took %s\n",
	       each_takes(MANY) < 3 * few ? "the same time" : "more time");
	printf("endings: %s told\n", told > MANY / 2 ? "most" : "few");
	return 0;
}

/* A buffer that was taken out is overrun again, and again. */
static int
again(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	unsigned int i;

	rte_labyrinth_violation_cb_set(on_count, NULL);
	overrun(m);
	/* Strict tells of it, and takes it out. */
	rte_pktmbuf_free(m);
	usleep(ROUNDS);
	for (i = 0; i < 3; i++) {
		overrun(m);
		usleep(ROUNDS);
	}
	printf("endings: told of %u\n", told);
	_exit(0);
}

/* Told once, whatever becomes of other pools. */
static int
others(void)
{
	struct rte_mempool *first = make("first", FEW);
	struct rte_mempool *second = make("second", FEW);
	struct rte_mbuf *m = rte_pktmbuf_alloc(second);

	rte_labyrinth_violation_cb_set(on_count, NULL);
	rte_mbuf_refcnt_set(m, 0);
	usleep(9 * ROUNDS);
	rte_mempool_free(first);
	usleep(9 * ROUNDS);
	printf("endings: told of %u\n", told);
	_exit(0);
}

static void
on_slow(const struct rte_labyrinth_violation *violation, void *arg)
{
	if (violation->mp != arg)
		_exit(8);
	if (told++ == 0)
		usleep(2 * ROUNDS);
}

/* The pool goes away before the application was told of all that is wrong with it. */
static int
freed_while_told(void)
{
	struct rte_mempool *mp = make("short", FEW);
	unsigned int i;

	rte_labyrinth_violation_cb_set(on_slow, mp);
	for (i = 0; i < 6; i++)
		rte_mbuf_refcnt_set(rte_pktmbuf_alloc(mp), 0);
	while (told == 0)
		usleep(1000);
	rte_mempool_free(mp);
	usleep(4 * ROUNDS);
	printf("endings: told of %u\n", told);
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(void);
} scenes[] = {
	{"exit-in-callback", exit_in_callback},
	{"exit-in-call", exit_in_call},
	{"crash-in-callback", crash_in_callback},
	{"crash-on-patrol", crash_on_patrol},
	{"many", many},
	{"again", again},
	{"others", others},
	{"freed-while-told", freed_while_told},
};

int
main(int argc, char **argv)
{
	int used = rte_eal_init(argc, argv);
	unsigned int i;

	if (used < 0 || used + 1 >= argc)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	pool = make("rx", FEW);
	for (i = 0; i < RTE_DIM(scenes); i++) {
		if (strcmp(scenes[i].name, argv[used + 1]) == 0)
			return scenes[i].fn();
	}
	return 4;
}

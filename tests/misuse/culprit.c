/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A program that knows nothing of labyrinth and does one thing wrong:
 *
 *   culprit EAL-OPTIONS -- KIND
 *
 * Its pool takes the handler that --mbuf-pool-ops-name says. The lines that
 * are at fault are marked: a report must name them.
 */

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#define MBUFS    1023
#define ROOM     (RTE_PKTMBUF_HEADROOM + 1024)
#define NOINLINE __attribute__((noinline))
/*
 * Keeps the compiler from leaving a function by a jump, which no backtrace shows,
 * and from making one function of two.
 */
#define STAY(name) __asm__ volatile("# " name)

static struct rte_mempool *pool;
static struct rte_mempool *other;

static NOINLINE struct rte_mbuf *
get(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool); /* LINE get */

	if (m == NULL)
		exit(2);
	return m;
}

static NOINLINE void
first_free(struct rte_mbuf *m)
{
	rte_pktmbuf_free(m); /* LINE first */
	STAY("first");
}

static NOINLINE void
second_free(struct rte_mbuf *m)
{
	rte_pktmbuf_free(m); /* LINE second */
	STAY("second");
}

static NOINLINE void
put(struct rte_mempool *mp, void *object)
{
	rte_mempool_put(mp, object); /* LINE put */
	STAY("put");
}

static void
double_free(void)
{
	struct rte_mbuf *m = get();

	first_free(m);
	second_free(m);
}

/* Freed by a stale pointer while its new owner has it, who then frees it rightly. */
static void
reused(void)
{
	struct rte_mbuf *m = get();
	struct rte_mbuf *again;

	first_free(m);
	again = get();
	if (again != m)
		exit(3);
	first_free(m);
	second_free(again);
}

static void
foreign(void)
{
	put(other, get());
}

static void
foreign_stack(void)
{
	char room[128];

	put(pool, room + 64 - (uintptr_t)room % 64);
}

static void
interior(void)
{
	struct rte_mbuf *m = get();

	put(pool, rte_pktmbuf_mtod(m, void *));
}

static void
first_seen(struct rte_mempool *mp, void *first, void *object, unsigned int index)
{
	(void)mp;
	if (index == 0)
		*(void **)first = object;
}

static void
never(void)
{
	void *object = NULL;

	rte_mempool_obj_iter(pool, first_seen, &object);
	put(pool, object);
}

struct found {
	uintptr_t front;
	uintptr_t behind;
};

static int
by_address(const void *a, const void *b)
{
	const uintptr_t *x = a;
	const uintptr_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* All buffers taken, two that follow each other in one page. */
static struct found
neighbours(void)
{
	static uintptr_t all[MBUFS];
	unsigned int n = 0;
	unsigned int i;
	struct rte_mbuf *m;

	while (n < MBUFS && (m = rte_pktmbuf_alloc(pool)) != NULL) /* LINE take */
		all[n++] = (uintptr_t)m;
	qsort(all, n, sizeof(all[0]), by_address);
	for (i = 1; i < n; i++)
		if (all[i] - all[i - 1] < 2 * (sizeof(*m) + ROOM))
			return (struct found){all[i - 1], all[i]};
	exit(3);
}

static NOINLINE void
write_past(uintptr_t from, uintptr_t to)
{
	memset((void *)from, 0x41, to - from); /* LINE write */
	STAY("write");
}

static void
header(void)
{
	struct found found = neighbours();

	write_past(found.front + sizeof(struct rte_mbuf) + ROOM, found.behind - 48);
	put(pool, (void *)found.behind);
}

static void
canary(void)
{
	struct found found = neighbours();

	*(uint8_t *)(found.front + sizeof(struct rte_mbuf) + ROOM) ^= 1;
	put(pool, (void *)found.front);
}

static void
write_after_free(void)
{
	struct rte_mbuf *m = get();
	uintptr_t data = (uintptr_t)rte_pktmbuf_mtod(m, void *);

	first_free(m);
	write_past(data, data + 4);
	(void)neighbours();
}

static void
wall(void)
{
	uintptr_t at = neighbours().behind;
	uintptr_t last;

	/* To the end of the page and beyond. */
	last = (at | 0x1fffff) + 0x200001;
	for (at &= ~(uintptr_t)7; at < last; at += 8)
		*(volatile uint64_t *)at = 0x41; /* LINE wall */
}

/* Only the patrol finds what follows: nobody frees anything. */
static void
wait_for_patrol(void)
{
	unsigned int i;

	for (i = 0; i < 50; i++)
		usleep(100000);
}

/* Over header and mbuf of the next buffer, by zeros. */
static void
overrun(void)
{
	struct found found = neighbours();
	uintptr_t from = found.front + sizeof(struct rte_mbuf) + ROOM;

	memset((void *)from, 0, found.behind + sizeof(struct rte_mbuf) - from);
	wait_for_patrol();
}

static void
one_byte(void)
{
	struct found found = neighbours();

	*(uint8_t *)(found.front + sizeof(struct rte_mbuf) + ROOM) ^= 1;
	wait_for_patrol();
}

/* A child of fork() ends: it has no patrol, and not all of the memory. */
static void
forked(void)
{
	struct found found = neighbours();
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		exit(0);
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		exit(3);
	*(uint8_t *)(found.front + sizeof(struct rte_mbuf) + ROOM) ^= 1;
	wait_for_patrol();
}

/* Beside pools that come and go. */
static void
beside_pools(void)
{
	struct found found = neighbours();
	unsigned int i;

	for (i = 0; i < 40; i++) {
		struct rte_mempool *short_lived =
			rte_pktmbuf_pool_create("short", MBUFS, 0, 0, ROOM, SOCKET_ID_ANY);

		usleep(i * 500);
		if (i == 20)
			*(uint8_t *)(found.front + sizeof(struct rte_mbuf) + ROOM) ^= 1;
		rte_mempool_free(short_lived);
	}
	wait_for_patrol();
}

static void
underrun(void)
{
	struct found found = neighbours();

	memset((void *)(found.behind - 64), 0x41, 64);
	wait_for_patrol();
}

static void
lost(void)
{
	rte_mbuf_refcnt_set(get(), 0);
	wait_for_patrol();
}

static void
written(void)
{
	struct rte_mbuf *m = get();
	uint8_t *data = rte_pktmbuf_mtod(m, uint8_t *);

	first_free(m);
	data[100] ^= 1;
	wait_for_patrol();
}

/* All is well: nothing is found, and EAL ends with the patrol at work. */
static void
quiet(void)
{
	struct rte_mbuf *m = get();

	usleep(300000);
	first_free(m);
	if (rte_eal_cleanup() != 0)
		exit(3);
	usleep(100000);
}

static void
on_signal(int signum)
{
	(void)signum;
	double_free();
}

static void
in_handler(void)
{
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
}

/* Eight threads that trip at the same time. */
static void *
one_of_many(void *barrier)
{
	struct rte_mbuf *m = get();

	first_free(m);
	(void)pthread_barrier_wait(barrier);
	second_free(m);
	return NULL;
}

static void
together(void)
{
	pthread_t threads[8];
	pthread_barrier_t barrier;
	unsigned int i;

	(void)pthread_barrier_init(&barrier, NULL, RTE_DIM(threads));
	for (i = 0; i < RTE_DIM(threads); i++) {
		if (pthread_create(&threads[i], NULL, one_of_many, &barrier) != 0)
			exit(3);
	}
	for (i = 0; i < RTE_DIM(threads); i++)
		(void)pthread_join(threads[i], NULL);
}

static const struct {
	const char *name;
	void (*commit)(void);
} kinds[] = {
	{"double", double_free},
	{"reused", reused},
	{"foreign", foreign},
	{"stack", foreign_stack},
	{"interior", interior},
	{"header", header},
	{"canary", canary},
	{"after", write_after_free},
	{"wall", wall},
	{"handler", in_handler},
	{"overrun", overrun},
	{"one-byte", one_byte},
	{"underrun", underrun},
	{"lost", lost},
	{"written", written},
	{"quiet", quiet},
	{"never", never},
	{"forked", forked},
	{"beside-pools", beside_pools},
	{"together", together},
};

int
main(int argc, char **argv)
{
	int used = rte_eal_init(argc, argv);
	unsigned int i;

	if (used < 0 || argc - used < 2)
		return 2;
	pool = rte_pktmbuf_pool_create("rx", MBUFS, 0, 0, ROOM, SOCKET_ID_ANY);
	other = rte_pktmbuf_pool_create("tx", MBUFS, 0, 0, ROOM, SOCKET_ID_ANY);
	for (i = 0; pool != NULL && other != NULL && i < RTE_DIM(kinds); i++) {
		if (strcmp(kinds[i].name, argv[used + 1]) != 0)
			continue;
		kinds[i].commit();
		printf("culprit: not found\n");
		return 0;
	}
	return 2;
}

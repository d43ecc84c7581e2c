/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* One crash with buffers that something is wrong with; crashes.sh reads what is said. */

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_log.h>
#include <rte_mbuf.h>

#define BUFFERS 1023
/* The next buffer starts so many bytes further on, at most. */
#define NEAR 4096

static struct rte_mempool *pool;
/* The byte behind a buffer, before it was written. */
static uint8_t untouched;
static volatile int *volatile nowhere = (volatile int *)8;

static int
by_address(const void *a, const void *b)
{
	const uintptr_t x = (uintptr_t) * (struct rte_mbuf *const *)a;
	const uintptr_t y = (uintptr_t) * (struct rte_mbuf *const *)b;

	return (x > y) - (x < y);
}

/* A buffer that another one follows, not a wall; all others are free again. */
static struct rte_mbuf *
followed(void)
{
	static struct rte_mbuf *all[BUFFERS];
	struct rte_mbuf *found = NULL;
	unsigned int n = 0;
	unsigned int i;

	while (n < BUFFERS && (all[n] = rte_pktmbuf_alloc(pool)) != NULL) /* LINE taken */
		n++;
	qsort(all, n, sizeof(all[0]), by_address);
	for (i = 0; i + 1 < n; i++) {
		if (found == NULL && (uintptr_t)all[i + 1] - (uintptr_t)all[i] < NEAR)
			found = all[i];
		else
			rte_pktmbuf_free(all[i]);
	}
	rte_pktmbuf_free(all[i]);
	return found;
}

/* Changes so many bytes after the end of a buffer: each is another one afterwards. */
static struct rte_mbuf *
overrun(size_t len)
{
	struct rte_mbuf *m = followed();
	uint8_t *end = (uint8_t *)m + pool->elt_size;
	size_t i;

	untouched = *end;
	for (i = 0; i < len; i++)
		end[i] ^= 0xff;
	printf("culprit %p\n", (void *)m);
	return m;
}

static void
on_crash(int signum)
{
	_exit(signum);
}

static void
whole(void)
{
	*nowhere = 1;
}

static void
overflow(void)
{
	overrun(1);
	*nowhere = 1; /* LINE overflow */
}

static void
overflow_abort(void)
{
	overrun(200);
	abort();
}

static void
overflow_handled(void)
{
	overrun(8);
	*nowhere = 1;
}

/* Memory of the pool that cannot be read: so an audit of it is a crash by itself. */
static void
unreadable(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool); /* LINE lost */
	uint8_t *at = rte_pktmbuf_mtod(m, uint8_t *);

	printf("culprit %p\n", (void *)m);
	mprotect((void *)((uintptr_t)at & ~(((uintptr_t)2 << 20) - 1)), (size_t)2 << 20, PROT_NONE);
	*(volatile uint8_t *)at = 1; /* LINE unreadable */
}

/* A pipe that nobody reads, where a write has to wait. */
static int
full_pipe(void)
{
	char line[4096];
	int ends[2];

	if (pipe(ends) != 0)
		exit(5);
	memset(line, 0, sizeof(line));
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	while (write(ends[1], line, sizeof(line)) > 0)
		;
	fcntl(ends[1], F_SETFL, 0);
	return ends[1];
}

/* From now on nobody reads what is logged. */
static void
unread(void)
{
	fflush(stdout);
	if (dup2(full_pipe(), STDERR_FILENO) < 0)
		exit(5);
}

static void
nobody_reads(void)
{
	overrun(8);
	unread();
	*nowhere = 1;
}

/* A report that nobody reads: of a call. */
static void
report_unread(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	unsigned int i;

	unread();
	rte_mempool_put(pool, m);
	for (i = 0; i < 20; i++)
		rte_mempool_put(pool, m);
	printf("still there: %u\n", rte_mempool_avail_count(pool));
	exit(0);
}

static void
pool_comes_and_goes(void)
{
	struct rte_mempool *other = rte_pktmbuf_pool_create(
		"other", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);

	usleep(50000);
	rte_mempool_free(other);
}

/* The same of the patrol, which keeps others from making and freeing pools, until it mends. */
static void
finding_unread(void)
{
	const volatile uint8_t *end;

	/* The patrol finds it at once, and must not be in the middle of a line then. */
	unread();
	end = (const volatile uint8_t *)overrun(1) + pool->elt_size;
	while (*end != untouched)
		pool_comes_and_goes();
	printf("pools came and went\n");
	exit(0);
}

/* The patrol stops the process, however late it comes. */
static void
finding_stops(void)
{
	unread();
	overrun(1);
	for (;;)
		pool_comes_and_goes();
}

/* The patrol meets memory that cannot be read: it goes on with what can. */
static void
patrol_faults(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	mprotect((void *)((uintptr_t)m & ~(((uintptr_t)2 << 20) - 1)), (size_t)2 << 20, PROT_NONE);
	usleep(300000);
	pool = rte_pktmbuf_pool_create("other", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
	                               SOCKET_ID_ANY);
	if (pool == NULL)
		exit(5);
	overrun(1);
	usleep(5000000);
}

/* Something to be found, or not, in a core. */
static void
marked(void)
{
	static const char parts[2][16] = {"LABYRINTH-MARK", "-IN-PACKET"};
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	sprintf(rte_pktmbuf_mtod(m, char *), "%s%s", parts[0], parts[1]);
	abort();
}

static void
freed_twice(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	memset(rte_pktmbuf_mtod(m, char *), 0x5e, 64);
	rte_mempool_put(pool, m);
	rte_mempool_put(pool, m);
}

static void *
free_twice(void *arg)
{
	RTE_SET_USED(arg);
	freed_twice();
	return NULL;
}

/* Another thread is in the middle of a report, which nobody will see the end of. */
static void
beside_report(void)
{
	pthread_t thread;

	overrun(200);
	if (rte_openlog_stream(fdopen(full_pipe(), "w")) != 0 ||
	    pthread_create(&thread, NULL, free_twice, NULL) != 0)
		exit(5);
	usleep(300000);
	abort();
}

static const struct {
	const char *name;
	void (*fn)(void);
} crashes[] = {
	{"whole", whole},
	{"overflow", overflow},
	{"overflow-abort", overflow_abort},
	{"overflow-handled", overflow_handled},
	{"unreadable", unreadable},
	{"nobody-reads", nobody_reads},
	{"report-unread", report_unread},
	{"finding-unread", finding_unread},
	{"finding-stops", finding_stops},
	{"patrol-faults", patrol_faults},
	{"marked", marked},
	{"freed-twice", freed_twice},
	{"beside-report", beside_report},
};

int
main(int argc, char **argv)
{
	int ret = rte_eal_init(argc, argv);
	unsigned int i;

	if (ret < 0 || ret + 1 >= argc)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* One that was there before the first pool, as crash handlers are. */
	if (strcmp(argv[ret + 1], "overflow-handled") == 0)
		signal(SIGSEGV, on_crash);
	pool = rte_pktmbuf_pool_create("rx", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
	                               SOCKET_ID_ANY);
	if (pool == NULL)
		return 3;
	for (i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
		if (strcmp(crashes[i].name, argv[ret + 1]) == 0)
			crashes[i].fn();
	}
	return 4;
}

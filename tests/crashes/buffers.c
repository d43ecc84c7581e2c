/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* One crash with buffers that something is wrong with; crashes.sh reads what is said. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_mbuf.h>

#define BUFFERS 1023

static struct rte_mempool *pool;
static volatile int *volatile nowhere = (volatile int *)8;

/* The buffer that lies right behind another one, if there is one: its seal begins there. */
static struct rte_mbuf *
overrun(size_t len, int value)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	memset((uint8_t *)m + pool->elt_size, value, len);
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
	overrun(1, 0);
	*nowhere = 1;
}

static void
overflow_abort(void)
{
	overrun(200, 0x41);
	abort();
}

static void
overflow_handled(void)
{
	overrun(8, 0x41);
	*nowhere = 1;
}

/* Memory of the pool that cannot be read: so an audit of it is a crash by itself. */
static void
unreadable(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	uint8_t *at = rte_pktmbuf_mtod(m, uint8_t *);

	printf("culprit %p\n", (void *)m);
	mprotect((void *)((uintptr_t)at & ~(((uintptr_t)2 << 20) - 1)), (size_t)2 << 20, PROT_NONE);
	*(volatile uint8_t *)at = 1;
}

static void
nobody_reads(void)
{
	char line[4096];
	int ends[2];

	overrun(8, 0x41);
	fflush(stdout);
	if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return;
	memset(line, 0, sizeof(line));
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	while (write(ends[1], line, sizeof(line)) > 0)
		;
	fcntl(ends[1], F_SETFL, 0);
	*nowhere = 1;
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
	{"marked", marked},
	{"freed-twice", freed_twice},
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

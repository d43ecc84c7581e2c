/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A signal handler that frees a buffer twice, again and again, while the thread that
 * it interrupts does the same and reports it: neither may wait for the other.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_mbuf.h>

#define SECONDS   3
#define PERIOD_US 100

static struct rte_mempool *pool;
static void *buffer;
static volatile sig_atomic_t alarms;

static void
on_alarm(int signum)
{
	(void)signum;
	alarms++;
	rte_mempool_put(pool, buffer);
}

int
main(int argc, char **argv)
{
	const struct itimerval often = {{0, PERIOD_US}, {0, PERIOD_US}};
	unsigned long frees = 0;
	time_t end;

	if (rte_eal_init(argc, argv) < 0)
		return 2;
	pool = rte_pktmbuf_pool_create("p", 1023, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL || rte_mempool_get(pool, &buffer) != 0)
		return 3;
	rte_mempool_put(pool, buffer);
	signal(SIGALRM, on_alarm);
	end = time(NULL) + SECONDS;
	setitimer(ITIMER_REAL, &often, NULL);
	for (; time(NULL) <= end; frees++)
		rte_mempool_put(pool, buffer);
	signal(SIGALRM, SIG_IGN);
	printf("done: %lu frees, %ld in a handler; %u available\n", frees, (long)alarms,
	       rte_mempool_avail_count(pool));
	return 0;
}

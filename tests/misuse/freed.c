/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Programs that free a pool too early, or end with buffers in their hands; freed.sh
 * reads what is said. They know nothing of this project.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#define BUFFERS 4095
#define HELD    100

static struct rte_mempool *pool;
static struct rte_mbuf *held[2 * HELD];

static struct rte_mempool *
make(const char *name)
{
	return rte_pktmbuf_pool_create(name, BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
	                               SOCKET_ID_ANY);
}

/* Two places in the program. */
static __attribute__((noinline)) void
hold_here(void)
{
	unsigned int i;

	for (i = 0; i < HELD; i++)
		held[i] = rte_pktmbuf_alloc(pool); /* LINE here */
}

static __attribute__((noinline)) void
hold_there(void)
{
	unsigned int i;

	for (i = 0; i < HELD / 2; i++)
		held[HELD + i] = rte_pktmbuf_alloc(pool); /* LINE there */
}

static long
huge_free(void)
{
	FILE *file = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
	long n = -1;

	if (file == NULL || fscanf(file, "%ld", &n) != 1)
		n = -1;
	if (file != NULL)
		fclose(file);
	return n;
}

/* All that a program may do with buffers of a pool that is gone. */
static int
touch(void)
{
	uint64_t sum = 0;
	unsigned int i;
	long before;

	hold_here();
	hold_there();
	before = huge_free();
	rte_mempool_free(pool);
	printf("huge pages back: %d\n", huge_free() > before);
	for (i = 0; i < HELD; i++)
		sum += held[i]->pkt_len + (uintptr_t)held[i]->pool; /* LINE touch */
	printf("sum of what is read: %lu\n", (unsigned long)sum);
	for (i = 0; i < HELD + HELD / 2; i++) {
		held[i]->data_len = 60;
		rte_pktmbuf_free(held[i]);
	}
	pool = make("after");
	if (pool == NULL)
		return 3;
	printf("available in a pool made later: %u\n", rte_mempool_avail_count(pool));
	rte_mempool_free(pool);
	return 0;
}

/* Far more pools than are remembered: the oldest are forgotten, nothing piles up. */
static int
many(void)
{
	char name[16];
	unsigned int i;

	for (i = 0; i < 200; i++) {
		hold_here();
		rte_mempool_free(pool);
		snprintf(name, sizeof(name), "pool%u", i);
		pool = make(name);
		if (pool == NULL)
			return 3;
	}
	return 0;
}

static int
nothing_held(void)
{
	hold_here();
	rte_pktmbuf_free_bulk(held, HELD);
	rte_mempool_free(pool);
	return 0;
}

static int
end_holding(void)
{
	hold_here();
	return 0;
}

/* One byte too many, just before the end of the pool or of the process. */
static __attribute__((noinline)) void
write_beyond(void)
{
	hold_here();
	((char *)held[0]->buf_addr)[held[0]->buf_len] ^= 1;
}

static int
overflow_free(void)
{
	write_beyond();
	rte_pktmbuf_free_bulk(held, HELD);
	rte_mempool_free(pool);
	return rte_eal_cleanup();
}

static int
overflow_end(void)
{
	write_beyond();
	return 0;
}

/* Into a buffer that was freed. */
static int
written_free(void)
{
	hold_here();
	rte_pktmbuf_free_bulk(held, HELD);
	((char *)held[0]->buf_addr)[RTE_PKTMBUF_HEADROOM] ^= 1;
	rte_mempool_free(pool);
	return rte_eal_cleanup();
}

/* The port is closed after its pool was freed: by rte_eal_cleanup(), or by the program. */
static int
port(bool close)
{
	struct rte_eth_conf conf;

	memset(&conf, 0, sizeof(conf));
	if (rte_eth_dev_configure(0, 1, 1, &conf) != 0 ||
	    rte_eth_rx_queue_setup(0, 0, 256, SOCKET_ID_ANY, NULL, pool) != 0 ||
	    rte_eth_tx_queue_setup(0, 0, 256, SOCKET_ID_ANY, NULL) != 0 ||
	    rte_eth_dev_start(0) != 0)
		return 77;
	rte_mempool_free(pool);
	if (close) {
		rte_eth_dev_stop(0);
		rte_eth_dev_close(0);
	}
	return rte_eal_cleanup();
}

static int
port_later(void)
{
	return port(false);
}

static int
port_closed(void)
{
	return port(true);
}

static const struct {
	const char *name;
	int (*fn)(void);
} scenes[] = {
	{"touch", touch},
	{"many", many},
	{"nothing-held", nothing_held},
	{"end-holding", end_holding},
	{"overflow-free", overflow_free},
	{"overflow-end", overflow_end},
	{"written-free", written_free},
	{"port-later", port_later},
	{"port-closed", port_closed},
};

int
main(int argc, char **argv)
{
	int ret = rte_eal_init(argc, argv);
	unsigned int i;

	if (ret < 0 || ret + 1 >= argc)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	pool = make("rx");
	for (i = 0; pool != NULL && i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		if (strcmp(scenes[i].name, argv[ret + 1]) == 0)
			return scenes[i].fn();
	}
	return 4;
}

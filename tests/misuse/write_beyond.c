/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A test plugin with a bug: loaded by an unmodified program (-d), it writes one
 * byte too many into the first mbuf of a burst that is about to be sent, when so
 * many packets (WRITE_BEYOND_AFTER in the environment, 100000 if not set) have
 * been sent. With WRITE_BEYOND_KEEP=1 it keeps that mbuf for ever, as a queue
 * that nobody empties does: the driver's free does not bring it back.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#define LOOK_AGAIN_US 50000

static uint64_t after = 100000;
static uint64_t packets;
static bool keep;
static bool done;

static uint16_t
write_one_too_many(uint16_t port, uint16_t queue, struct rte_mbuf *burst[], uint16_t n, void *arg)
{
	volatile char *data;

	(void)port;
	(void)queue;
	(void)arg;
	packets += n;
	if (n == 0 || done || packets < after)
		return n;
	done = true;
	data = burst[0]->buf_addr;
	data[burst[0]->buf_len] = 'A';
	if (keep)
		rte_mbuf_refcnt_update(burst[0], 1);
	fprintf(stderr, "write-beyond: one byte beyond mbuf %p\n", (void *)burst[0]);
	return n;
}

static bool
runs(uint16_t port)
{
	struct rte_eth_dev_info info;
	struct rte_eth_link link;

	return rte_eth_dev_is_valid_port(port) && rte_eth_dev_info_get(port, &info) == 0 &&
	       info.nb_tx_queues > 0 && rte_eth_link_get_nowait(port, &link) == 0 &&
	       link.link_status == RTE_ETH_LINK_UP;
}

/* As in free_twice.c: no event tells that a port has queues. */
static void *
look(void *arg)
{
	(void)arg;
	while (!runs(0))
		usleep(LOOK_AGAIN_US);
	if (rte_eth_add_tx_callback(0, 0, write_one_too_many, NULL) == NULL)
		fprintf(stderr, "write-beyond: no callback on port 0\n");
	return NULL;
}

RTE_INIT(write_beyond_init)
{
	const char *text = getenv("WRITE_BEYOND_AFTER");
	pthread_t thread;

	if (text != NULL && strtoull(text, NULL, 10) > 0)
		after = strtoull(text, NULL, 10);
	keep = getenv("WRITE_BEYOND_KEEP") != NULL;
	if (pthread_create(&thread, NULL, look, NULL) != 0 || pthread_detach(thread) != 0)
		fprintf(stderr, "write-beyond: no thread\n");
}

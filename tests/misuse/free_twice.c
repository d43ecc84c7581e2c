/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A test plugin with a bug: loaded by an unmodified program (-d), it frees the
 * first mbuf of a burst that is about to be sent, once in FREE_TWICE_EVERY
 * packets (environment, 100000 if not set). The port's driver then frees it too.
 */

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#define LOOK_AGAIN_US 50000

static uint64_t every = 100000;
static uint64_t packets;
static uint64_t next;
static uint64_t at_first;
static uint64_t times;

static uint16_t
free_first(uint16_t port, uint16_t queue, struct rte_mbuf *burst[], uint16_t n, void *arg)
{
	(void)port;
	(void)queue;
	(void)arg;
	packets += n;
	if (n == 0 || packets < next)
		return n;
	if (times++ == 0)
		at_first = packets;
	next = packets + every;
	rte_pktmbuf_free(burst[0]);
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

/*
 * A plugin is loaded before there is memory to register a callback for events
 * with, and no event tells that a port has queues: so it is looked for.
 */
static void *
look(void *arg)
{
	(void)arg;
	while (!runs(0))
		usleep(LOOK_AGAIN_US);
	if (rte_eth_add_tx_callback(0, 0, free_first, NULL) == NULL)
		fprintf(stderr, "free-twice: no callback on port 0\n");
	return NULL;
}

RTE_INIT(free_twice_init)
{
	const char *text = getenv("FREE_TWICE_EVERY");
	pthread_t thread;

	if (text != NULL && strtoull(text, NULL, 10) > 0)
		every = strtoull(text, NULL, 10);
	next = every;
	if (pthread_create(&thread, NULL, look, NULL) != 0 || pthread_detach(thread) != 0)
		fprintf(stderr, "free-twice: no thread\n");
}

RTE_FINI(free_twice_fini)
{
	fprintf(stderr, "free-twice: %" PRIu64 " times, %" PRIu64 " packets after the first\n",
	        times, packets - at_first);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tx_hook.h"

#define LOOK_AGAIN_US 50000

static const char *who;
static rte_tx_callback_fn wanted;

static bool
runs(uint16_t port)
{
	struct rte_eth_conf conf;
	struct rte_eth_dev_info info;
	struct rte_eth_link link;

	/* A port that is being made has no functions yet, which the other calls would use. */
	if (!rte_eth_dev_is_valid_port(port) || rte_eth_dev_conf_get(port, &conf) != 0 ||
	    conf.rxmode.mtu == 0)
		return false;
	return rte_eth_dev_info_get(port, &info) == 0 && info.nb_tx_queues > 0 &&
	       rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
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
	if (rte_eth_add_tx_callback(0, 0, wanted, NULL) == NULL)
		fprintf(stderr, "%s: no callback on port 0\n", who);
	return NULL;
}

void
tx_hook_start(const char *name, rte_tx_callback_fn hook)
{
	pthread_t thread;

	who = name;
	wanted = hook;
	if (pthread_create(&thread, NULL, look, NULL) != 0 || pthread_detach(thread) != 0)
		fprintf(stderr, "%s: no thread\n", who);
}

uint64_t
tx_hook_number(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);
	uint64_t value = text != NULL ? strtoull(text, NULL, 10) : 0;

	return value > 0 ? value : otherwise;
}

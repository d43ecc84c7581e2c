/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A test plugin (-d) that says a second after port 0 has been started that its
 * device was taken away, as a driver does when a NIC is unplugged.
 */

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#define LOOK_AGAIN_US 50000
#define AFTER_US      1000000

/* For drivers, whose header is not installed: the first port is all that is needed. */
extern char rte_eth_devices[];
int
rte_eth_dev_callback_process(void *device, enum rte_eth_event_type event, void *result);

static void *
take_away(void *arg)
{
	struct rte_eth_link link = {0};

	(void)arg;
	while (!rte_eth_dev_is_valid_port(0) || rte_eth_link_get_nowait(0, &link) != 0 ||
	       link.link_status != RTE_ETH_LINK_UP)
		usleep(LOOK_AGAIN_US);
	usleep(AFTER_US);
	rte_eth_dev_callback_process(rte_eth_devices, RTE_ETH_EVENT_INTR_RMV, NULL);
	return NULL;
}

RTE_INIT(remove_port_init)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, take_away, NULL) != 0 || pthread_detach(thread) != 0)
		fprintf(stderr, "remove-port: no thread\n");
}

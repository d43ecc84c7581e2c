/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_dev.h>
#include <rte_ethdev.h>

#include "null_port.h"

#define PORT_NAME   "net_null_bench"
#define DESCRIPTORS 512

int
bench_null_prepare(struct bench_worker *worker)
{
	const struct rte_eth_conf conf = {0};
	uint16_t port;

	worker->state = NULL;
	if (rte_eth_dev_get_port_by_name(PORT_NAME, &port) != 0 &&
	    (rte_eal_hotplug_add("vdev", PORT_NAME, "") != 0 ||
	     rte_eth_dev_get_port_by_name(PORT_NAME, &port) != 0))
		return -1;
	if (rte_eth_dev_configure(port, 1, 1, &conf) != 0 ||
	    rte_eth_rx_queue_setup(port, 0, DESCRIPTORS, 0, NULL, worker->mp) != 0 ||
	    rte_eth_tx_queue_setup(port, 0, DESCRIPTORS, 0, NULL) != 0 ||
	    rte_eth_dev_start(port) != 0)
		return -1;
	/* Port 0 must not look like no port. */
	worker->state = (void *)((uintptr_t)port + 1);
	return 0;
}

void
bench_null_finish(struct bench_worker *worker)
{
	if (worker->state != NULL)
		rte_eth_dev_stop(bench_null_port(worker));
	worker->state = NULL;
}

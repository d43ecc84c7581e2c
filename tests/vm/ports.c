/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mempool_labyrinth.h>

#include "vmtest.h"

#define DESCRIPTORS 256
#define CACHE       32
#define WAIT_S      60

struct rte_mempool *
vm_pool_make(const char *name, unsigned int mbufs, int socket, const char *options)
{
	if (vm_args.ops != NULL)
		return rte_pktmbuf_pool_create_by_ops(
			name, mbufs, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, socket, vm_args.ops);
	return rte_labyrinth_pktmbuf_pool_create(name, mbufs, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
	                                         socket, options);
}

int
vm_pools_make(void)
{
	struct rte_labyrinth_info info;
	char name[RTE_MEMPOOL_NAMESIZE];
	unsigned int i;

	for (i = 0; i < VM_PORTS; i++) {
		snprintf(name, sizeof(name), "vm_%u", i);
		vm_port[i].pool =
			vm_pool_make(name, vm_args.mbufs, vm_port[i].socket, vm_args.options);
		if (vm_port[i].pool == NULL)
			return vm_fail("no pool %s on node %d: %s", name, vm_port[i].socket,
			               rte_strerror(rte_errno));
		if (vm_args.ops != NULL)
			continue;
		rte_labyrinth_info_get(vm_port[i].pool, &info);
		vm_say("pool %s: node %d, %s, %s, %u pages", name, vm_port[i].socket, info.profile,
		       info.backing == RTE_LABYRINTH_BACKING_MAZE ? "maze" : "eal", info.pages);
	}
	return 0;
}

int
vm_ports_find(void)
{
	struct rte_eth_dev_info info;
	unsigned int n = 0;
	uint16_t id;

	RTE_ETH_FOREACH_DEV (id) {
		if (n == VM_PORTS || rte_eth_dev_info_get(id, &info) != 0)
			return vm_fail("ports: more than %d, or one without a driver", VM_PORTS);
		vm_port[n].id = id;
		vm_port[n].socket = rte_eth_dev_socket_id(id);
		vm_port[n].device = info.device;
		vm_say("port %u: %s, %s, node %d", n, rte_dev_name(info.device), info.driver_name,
		       vm_port[n].socket);
		n++;
	}
	return n == VM_PORTS ? 0 : vm_fail("ports: %u, and %d are needed", n, VM_PORTS);
}

static int
queues_setup(struct vm_port *port, uint16_t queues)
{
	uint16_t receive = DESCRIPTORS;
	uint16_t transmit = DESCRIPTORS;
	int ret = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &receive, &transmit);
	uint16_t i;

	for (i = 0; i < queues && ret == 0; i++) {
		ret = rte_eth_rx_queue_setup(port->id, i, receive, SOCKET_ID_ANY, NULL, port->pool);
		if (ret == 0)
			ret = rte_eth_tx_queue_setup(port->id, i, transmit, SOCKET_ID_ANY, NULL);
	}
	return ret;
}

static int
start(struct vm_port *port)
{
	uint16_t queues = (uint16_t)vm_args.queues;
	struct rte_ether_addr address = vm_address((unsigned int)(port - vm_port));
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf;
	int ret;

	memset(&conf, 0, sizeof(conf));
	ret = rte_eth_dev_info_get(port->id, &info);
	if (ret != 0)
		return ret;
	if (queues > 1 && info.flow_type_rss_offloads != 0) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf = RTE_ETH_RSS_UDP & info.flow_type_rss_offloads;
	}
	ret = rte_eth_dev_configure(port->id, queues, queues, &conf);
	if (ret == 0)
		ret = queues_setup(port, queues);
	if (ret == 0)
		ret = rte_eth_dev_start(port->id);
	/* A virtual function hears nothing but this. */
	if (ret == 0)
		ret = rte_eth_dev_default_mac_addr_set(port->id, &address);
	if (ret == 0)
		ret = rte_eth_promiscuous_enable(port->id);
	if (ret != 0)
		return vm_fail("port %u does not start: %s", port->id, rte_strerror(-ret));
	port->started = true;
	return 0;
}

int
vm_ports_start(void)
{
	unsigned int i;

	for (i = 0; i < VM_PORTS; i++) {
		if (start(&vm_port[i]) != 0)
			return -1;
	}
	return 0;
}

void
vm_ports_show(void)
{
	struct rte_eth_stats stats;
	struct rte_eth_link link;
	unsigned int i;

	for (i = 0; i < VM_PORTS; i++) {
		if (rte_eth_stats_get(vm_port[i].id, &stats) != 0 ||
		    rte_eth_link_get_nowait(vm_port[i].id, &link) != 0)
			continue;
		vm_say("port %u: link %s, %lu frames received, %lu sent, %lu missed, %lu errors, "
		       "%lu times without a buffer",
		       i, link.link_status == RTE_ETH_LINK_UP ? "up" : "down",
		       (unsigned long)stats.ipackets, (unsigned long)stats.opackets,
		       (unsigned long)stats.imissed, (unsigned long)(stats.ierrors + stats.oerrors),
		       (unsigned long)stats.rx_nombuf);
	}
}

void
vm_ports_stop(void)
{
	unsigned int i;

	for (i = 0; i < VM_PORTS; i++) {
		if (!vm_port[i].started)
			continue;
		rte_eth_dev_stop(vm_port[i].id);
		rte_eth_dev_close(vm_port[i].id);
		vm_port[i].started = false;
	}
}

int
vm_pools_free(void)
{
	unsigned int lost = 0;
	unsigned int i;

	for (i = 0; i < VM_PORTS; i++) {
		lost += vm_port[i].pool->size - rte_mempool_avail_count(vm_port[i].pool);
		rte_mempool_free(vm_port[i].pool);
		vm_port[i].pool = NULL;
	}
	return lost == 0 ? 0 : vm_fail("%u frames are not back in their pools", lost);
}

int
vm_devices_probe(void)
{
	char list[256];
	char *name;
	char *save;
	int ret;

	snprintf(list, sizeof(list), "%s", vm_args.devices);
	for (name = strtok_r(list, ",", &save); name != NULL; name = strtok_r(NULL, ",", &save)) {
		ret = rte_dev_probe(name);
		if (ret != 0)
			return vm_fail("%s cannot be plugged: %s", name, rte_strerror(-ret));
	}
	return 0;
}

int
vm_wait_for(const char *path)
{
	unsigned int i;

	for (i = 0; i < WAIT_S * 20; i++) {
		if (access(path, F_OK) == 0)
			return 0;
		rte_delay_us_sleep(50000);
	}
	return vm_fail("%s did not appear", path);
}

int
vm_devices_plug(void)
{
	if (vm_args.devices == NULL)
		return 0;
	if (vm_args.wait_for != NULL && vm_wait_for(vm_args.wait_for) != 0)
		return -1;
	return vm_devices_probe();
}

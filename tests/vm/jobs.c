/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Jobs that move frames. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_memory.h>

#include "vmtest.h"

/* Frames for what must not get through, and phases of it. */
#define TRIES       512
#define PLUG_ROUNDS 3

static int
exchange(uint32_t first)
{
	int ret = -1;

	if (vm_ports_start() == 0 && vm_hello() == 0 && vm_phases(first) == 0)
		ret = vm_every_page(first + 8);
	vm_ports_stop();
	return ret;
}

int
vm_job_exchange(void)
{
	if (vm_ports_find() != 0 || vm_pools_make() != 0 || exchange(1) != 0)
		return -1;
	return vm_pools_free();
}

int
vm_job_plug(void)
{
	unsigned int i;

	/* Without a port there is no node yet: one each, where there are two. */
	for (i = 0; i < VM_PORTS; i++)
		vm_port[i].socket = rte_socket_count() > 1 ? (int)i : SOCKET_ID_ANY;
	if (vm_pools_make() != 0)
		return -1;
	vm_say("pools are there");
	if (vm_devices_plug() != 0 || vm_ports_find() != 0 || exchange(1) != 0)
		return -1;
	return vm_pools_free();
}

static int
window_count(const struct rte_memseg_list *msl, void *arg)
{
	unsigned int *windows = arg;

	*windows += msl->external;
	return 0;
}

/* What earlier pools left to EAL goes when new ones are made. */
static int
windows_expect(unsigned int wanted)
{
	unsigned int windows = 0;

	(void)rte_memseg_list_walk(window_count, &windows);
	return windows == wanted ? 0
	                         : vm_fail("EAL knows %u windows, of %u pools", windows, wanted);
}

/* The ports are closed, the pools go when nothing is left that mapped them. */
int
vm_job_unplug(void)
{
	unsigned int round;
	unsigned int i;
	int ret;

	for (round = 0; round < PLUG_ROUNDS; round++) {
		if (vm_ports_find() != 0 || vm_pools_make() != 0 || windows_expect(VM_PORTS) != 0 ||
		    exchange(round * 16 + 1) != 0)
			return -1;
		for (i = 0; i < VM_PORTS; i++) {
			ret = rte_dev_remove(vm_port[i].device);
			if (ret != 0)
				return vm_fail("cannot unplug: %s", rte_strerror(-ret));
		}
		if (vm_pools_free() != 0 || vm_devices_probe() != 0)
			return -1;
	}
	return 0;
}

/* Take the mappings away that the driver made; the program goes on as if not. */
static int
unmap(struct vm_port *port)
{
	struct vm_chunk *chunks;
	unsigned int n = vm_chunks(port->pool, &chunks, true);
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (rte_dev_dma_unmap(port->device, chunks[i].at, chunks[i].iova, chunks[i].len) !=
		    0)
			return vm_fail("%p, %zu bytes: cannot be unmapped", chunks[i].at,
			               chunks[i].len);
	}
	vm_say("pool %s: %u mappings taken away", port->pool->name, n);
	free(chunks);
	return 0;
}

int
vm_job_unmapped(void)
{
	struct rte_eth_stats stats;
	unsigned int intact;
	unsigned int i;
	int ret = 0;

	if (vm_ports_find() != 0 || vm_pools_make() != 0 || vm_ports_start() != 0 ||
	    vm_hello() != 0 || vm_phases(1) != 0)
		return -1;
	for (i = 0; i < VM_PORTS && ret == 0; i++)
		ret = unmap(&vm_port[i]);
	if (ret != 0)
		return -1;
	rte_eth_stats_reset(vm_port[1].id);
	intact = vm_try(17, TRIES);
	if (rte_eth_stats_get(vm_port[1].id, &stats) == 0)
		vm_say("its counter of received packets says %lu all the same",
		       (unsigned long)stats.ipackets);
	vm_ports_stop();
	return intact == 0 ? 0 : vm_fail("%u frames arrived intact without a mapping", intact);
}

int
vm_job_serve(void)
{
	FILE *ready;
	int ret;

	if (vm_ports_find() != 0 || vm_pools_make() != 0 || vm_ports_start() != 0)
		return -1;
	ready = fopen("/tmp/serving", "w");
	if (ready != NULL)
		fclose(ready);
	ret = vm_wait_for(vm_args.wait_for);
	vm_ports_stop();
	return ret == 0 ? vm_pools_free() : -1;
}

int
vm_job_join(void)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	unsigned int i;

	if (vm_ports_find() != 0)
		return -1;
	for (i = 0; i < VM_PORTS; i++) {
		snprintf(name, sizeof(name), "vm_%u", i);
		vm_port[i].pool = rte_mempool_lookup(name);
		if (vm_port[i].pool == NULL)
			return vm_fail("no pool %s in the primary", name);
	}
	if (vm_hello() != 0 || vm_phases(1) != 0)
		return -1;
	return vm_every_page(9);
}

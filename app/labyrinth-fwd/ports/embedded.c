/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "app_cpus.h"
#include "app_memory.h"
#include "embedded.h"
#include "app_message.h"
#include "pools.h"

#define MIB (UINT64_C(1) << 20)
#define TIB (UINT64_C(1) << 40)

#define PORTS_OF_A_KIND 2
#define DESCRIPTORS     512
#define LCORES          2
#define TX_FIRST        8
/* What EAL and the ports need beside the packets. */
#define MEMORY_OVERHEAD (64 * MIB)
/* Header, seal and gaps of a buffer: generous, for this only sizes a reservation. */
#define BUFFER_OVERHEAD 512

/*
 * Far from where the kernel puts programs, libraries and stacks, far from what
 * sanitizers keep for themselves, and in whole 2 MiB pages: 24 random bits.
 */
#define BASE_LOW  (32 * TIB)
#define BASE_SPAN (48 * TIB)

static int
add_base_address(struct app_arguments *arguments)
{
	const uint64_t pages = BASE_SPAN / (2 * MIB);
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random)) {
		app_error("getrandom: %s", strerror(errno));
		return -1;
	}
	/* The span is 3 * 2^44: the bias of the remainder is below 2^-39. */
	return app_arguments_add(arguments, "--base-virtaddr=0x%" PRIx64,
	                         BASE_LOW + random % pages * (2 * MIB));
}

/**
 * One forwarding lcore on each of a few CPUs. The main lcore, which sleeps
 * nearly always, may run on any of them.
 */
static int
add_lcores(struct app_arguments *arguments, const struct fwd_options *options)
{
	unsigned int cpus[LCORES], nb_cpus = 0, nb, i;
	char list[256], map[4096];
	cpu_set_t allowed, few;
	size_t used;
	int cpu;

	CPU_ZERO(&few);
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) {
		app_error("sched_getaffinity: %s", strerror(errno));
		return -1;
	}
	for (cpu = 0; cpu < CPU_SETSIZE && nb_cpus < LCORES; cpu++) {
		if (!CPU_ISSET((size_t)cpu, &allowed))
			continue;
		CPU_SET((size_t)cpu, &few);
		cpus[nb_cpus++] = (unsigned int)cpu;
	}
	nb = options->nb_cores != 0 ? options->nb_cores : nb_cpus;
	app_cpus_format(&few, list, sizeof(list));
	used = (size_t)snprintf(map, sizeof(map), "0@(%s)", list);
	for (i = 0; i < nb && used < sizeof(map); i++)
		used += (size_t)snprintf(map + used, sizeof(map) - used, ",%u@%u", i + 1,
		                         cpus[i % nb_cpus]);
	if (used >= sizeof(map)) {
		app_error("--nb-cores=%u: too many for the embedded set-up; give EAL -l", nb);
		return -1;
	}
	return app_arguments_add(arguments, "--lcores=%s", map);
}

/** Bytes for that many buffers: without huge pages, none crosses the end of a page. */
static uint64_t
memory_needed(uint64_t buffers, const struct fwd_options *options, uint64_t page)
{
	const uint32_t handlers = RTE_MAX(options->compare.nb, 1u);
	uint64_t size, sum = 0;
	uint32_t i;

	for (i = 0; i < options->nb_mbuf_sizes; i++) {
		size = options->mbuf_size[i] + BUFFER_OVERHEAD;
		if (page < 2 * MIB)
			size = RTE_ALIGN_CEIL(size, page);
		sum += size * buffers * handlers;
	}
	return RTE_ALIGN_CEIL(sum + MEMORY_OVERHEAD, 2 * MIB);
}

static int
add_memory(struct app_arguments *arguments, const struct fwd_options *options)
{
	const struct fwd_demand demand = {
		.descriptors = (uint64_t)2 * PORTS_OF_A_KIND *
	                       (options->rxq * (options->rxd != 0 ? options->rxd : DESCRIPTORS) +
	                        options->txq * (options->txd != 0 ? options->txd : DESCRIPTORS)),
		.lcores = options->nb_cores != 0 ? options->nb_cores : LCORES,
	};
	const uint64_t buffers = fwd_pools_size(options, &demand);
	const uint64_t huge = memory_needed(buffers, options, 2 * MIB);
	const uint64_t small = memory_needed(buffers, options, 4096);

	return app_memory_add(arguments, huge, small,
	                      "--total-num-mbufs, --mbuf-size, --rxd or --rxq");
}

/** Some distributions build DPDK without net_null. A DPDK without plugins has what it has. */
static bool
has_net_null(void)
{
	return access(RTE_EAL_PMD_PATH, F_OK) != 0 ||
	       access(RTE_EAL_PMD_PATH "/librte_net_null.so", F_OK) == 0;
}

int
fwd_embedded_ports(struct app_arguments *arguments, const struct fwd_options *options)
{
	unsigned int i;

	if (!has_net_null()) {
		app_notice("this DPDK has no net_null: looped net_ring ports instead");
		for (i = 0; i < 2 * PORTS_OF_A_KIND; i++)
			if (app_arguments_add(arguments, "--vdev=net_ring_fwd%u", i) != 0)
				return -1;
		return 0;
	}
	for (i = 0; i < PORTS_OF_A_KIND; i++)
		if (app_arguments_add(arguments, "--vdev=net_null_fwd%u", i) != 0)
			return -1;
	/* Short names: net_ring makes longer ones of them, for which there is little room. */
	/* In other modes a looped ring only runs empty, or full. */
	for (i = 0; fwd_engine_keeps(options->engine) && i < PORTS_OF_A_KIND; i++)
		if (app_arguments_add(arguments, "--vdev=net_ring_fwd%u", i) != 0)
			return -1;
	return 0;
}

void
fwd_embedded_traffic(struct fwd_options *options)
{
	if (options->tx_first == 0 && fwd_engine_keeps(options->engine))
		options->tx_first = TX_FIRST;
}

int
fwd_embedded_eal(struct app_arguments *arguments, const struct fwd_options *options)
{
	if (app_arguments_add(arguments, "--no-pci") != 0 ||
	    app_arguments_add(arguments, "--file-prefix=labyrinth-fwd-%d", (int)getpid()) != 0 ||
	    add_base_address(arguments) != 0 || add_lcores(arguments, options) != 0 ||
	    add_memory(arguments, options) != 0)
		return -1;
	return fwd_embedded_ports(arguments, options);
}

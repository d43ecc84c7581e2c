/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpus.h"
#include "embedded.h"
#include "message.h"
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
add_base_address(struct fwd_arguments *arguments)
{
	const uint64_t pages = BASE_SPAN / (2 * MIB);
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random)) {
		fwd_error("getrandom: %s", strerror(errno));
		return -1;
	}
	/* The span is 3 * 2^44: the bias of the remainder is below 2^-39. */
	return fwd_arguments_add(arguments, "--base-virtaddr=0x%" PRIx64,
	                         BASE_LOW + random % pages * (2 * MIB));
}

/**
 * One forwarding lcore on each of a few CPUs. The main lcore, which sleeps
 * nearly always, may run on any of them.
 */
static int
add_lcores(struct fwd_arguments *arguments, const struct fwd_options *options)
{
	unsigned int cpus[LCORES], nb_cpus = 0, nb, i;
	char list[256], map[4096];
	cpu_set_t allowed, few;
	size_t used;
	int cpu;

	CPU_ZERO(&few);
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) {
		fwd_error("sched_getaffinity: %s", strerror(errno));
		return -1;
	}
	for (cpu = 0; cpu < CPU_SETSIZE && nb_cpus < LCORES; cpu++) {
		if (!CPU_ISSET((size_t)cpu, &allowed))
			continue;
		CPU_SET((size_t)cpu, &few);
		cpus[nb_cpus++] = (unsigned int)cpu;
	}
	nb = options->nb_cores != 0 ? options->nb_cores : nb_cpus;
	fwd_cpus_format(&few, list, sizeof(list));
	used = (size_t)snprintf(map, sizeof(map), "0@(%s)", list);
	for (i = 0; i < nb && used < sizeof(map); i++)
		used += (size_t)snprintf(map + used, sizeof(map) - used, ",%u@%u", i + 1,
		                         cpus[i % nb_cpus]);
	if (used >= sizeof(map)) {
		fwd_error("--nb-cores=%u: too many for the embedded set-up; give EAL -l", nb);
		return -1;
	}
	return fwd_arguments_add(arguments, "--lcores=%s", map);
}

/** Can this process map that much from the kernel's default huge pages? */
static bool
huge_pages_available(uint64_t bytes)
{
	int fd = memfd_create("labyrinth-fwd", MFD_CLOEXEC | MFD_HUGETLB);
	void *map = MAP_FAILED;
	struct stat file;

	if (fd < 0)
		return false;
	if (fstat(fd, &file) == 0) {
		bytes = RTE_ALIGN_CEIL(bytes, (uint64_t)file.st_blksize);
		/* Mapping reserves: it fails here and not when EAL touches the pages. */
		if (ftruncate(fd, (off_t)bytes) == 0)
			map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	close(fd);
	if (map == MAP_FAILED)
		return false;
	munmap(map, bytes);
	return true;
}

static uint64_t
memory_of_machine(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/** Bytes for that many buffers: without huge pages, none crosses the end of a page. */
static uint64_t
memory_needed(uint64_t buffers, const struct fwd_options *options, uint64_t page)
{
	uint64_t size = options->mbuf_size + BUFFER_OVERHEAD;

	if (page < 2 * MIB)
		size = RTE_ALIGN_CEIL(size, page);
	return RTE_ALIGN_CEIL(buffers * size + MEMORY_OVERHEAD, 2 * MIB);
}

static int
add_memory(struct fwd_arguments *arguments, const struct fwd_options *options)
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

	if (huge_pages_available(huge))
		return fwd_arguments_add(arguments, "--in-memory");
	if (small > memory_of_machine()) {
		fwd_error("%" PRIu64 " MiB of memory needed, but the machine has %" PRIu64
		          "; give a smaller --total-num-mbufs, --mbuf-size, --rxd or --rxq",
		          small / MIB, memory_of_machine() / MIB);
		return -1;
	}
	fwd_notice("fewer than %" PRIu64 " huge pages of 2 MiB free: going on with --no-huge, "
	           "slower (echo %" PRIu64 " >/proc/sys/vm/nr_hugepages)",
	           huge / (2 * MIB), huge / (2 * MIB));
	/* EAL does not take --no-huge and --in-memory together. */
	if (fwd_arguments_add(arguments, "--no-huge") != 0 ||
	    fwd_arguments_add(arguments, "--no-shconf") != 0 ||
	    fwd_arguments_add(arguments, "-m") != 0)
		return -1;
	return fwd_arguments_add(arguments, "%" PRIu64, small / MIB);
}

int
fwd_embedded_ports(struct fwd_arguments *arguments, const struct fwd_options *options)
{
	unsigned int i;

	for (i = 0; i < PORTS_OF_A_KIND; i++)
		if (fwd_arguments_add(arguments, "--vdev=net_null_fwd%u", i) != 0)
			return -1;
	/* Short names: net_ring makes longer ones of them, for which there is little room. */
	/* In other modes a looped ring only runs empty, or full. */
	for (i = 0; fwd_engine_forwards(options->engine) && i < PORTS_OF_A_KIND; i++)
		if (fwd_arguments_add(arguments, "--vdev=net_ring_fwd%u", i) != 0)
			return -1;
	return 0;
}

void
fwd_embedded_traffic(struct fwd_options *options)
{
	if (options->tx_first == 0 && fwd_engine_forwards(options->engine))
		options->tx_first = TX_FIRST;
}

int
fwd_embedded_eal(struct fwd_arguments *arguments, const struct fwd_options *options)
{
	if (fwd_arguments_add(arguments, "--no-pci") != 0 ||
	    fwd_arguments_add(arguments, "--file-prefix=labyrinth-fwd-%d", (int)getpid()) != 0 ||
	    add_base_address(arguments) != 0 || add_lcores(arguments, options) != 0 ||
	    add_memory(arguments, options) != 0)
		return -1;
	return fwd_embedded_ports(arguments, options);
}

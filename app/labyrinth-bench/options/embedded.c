/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>

#include "app_memory.h"
#include "app_message.h"
#include "bar_demands.h"
#include "embedded.h"
#include "pools.h"

#define MIB (UINT64_C(1) << 20)

/* Lcores: so many on each of so many CPUs. */
#define CPUS      8
#define LCORES_OF 2
/* What EAL and the workers need beside the pools. */
#define MEMORY_OVERHEAD (64 * MIB)
/* On 4 KiB pages all memory is mapped at the start; more than that for one pool is unusual. */
#define SMALL_POOLS_MAX (UINT64_C(2048) * MIB)

/** Is one of these options among EAL's arguments? The list ends with NULL. */
static bool
given(const struct app_arguments *arguments, const char *const *names)
{
	size_t len;
	int i;

	for (; *names != NULL; names++) {
		len = strlen(*names);
		for (i = 1; i < arguments->eal_argc; i++) {
			const char *argument = arguments->eal_argv[i];

			if (strncmp(argument, *names, len) != 0)
				continue;
			/* A short option may have its value right behind it. */
			if (len == 2 || argument[len] == '\0' || argument[len] == '=')
				return true;
		}
	}
	return false;
}

static int
add_lcores(struct app_arguments *arguments, const struct bench_options *options)
{
	unsigned int cpus[CPUS], nb_cpus = 0, nb = 0, i;
	char map[2048];
	cpu_set_t allowed;
	size_t used = 0;
	int cpu;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) {
		app_error("sched_getaffinity: %s", strerror(errno));
		return -1;
	}
	for (cpu = 0; cpu < CPU_SETSIZE && nb_cpus < CPUS; cpu++)
		if (CPU_ISSET((size_t)cpu, &allowed))
			cpus[nb_cpus++] = (unsigned int)cpu;
	for (i = 0; i < options->lcores.nb; i++)
		nb = RTE_MAX(nb, options->lcores.place[i].lcores);
	nb = RTE_MAX(nb, LCORES_OF * nb_cpus);
	for (i = 0; i < nb && used < sizeof(map); i++)
		used += (size_t)snprintf(map + used, sizeof(map) - used, "%s%u@%u",
		                         i == 0 ? "" : ",", i, cpus[i % nb_cpus]);
	return app_arguments_add(arguments, "--lcores=%s", map);
}

static uint32_t
largest(const struct bench_numbers *numbers, uint32_t least)
{
	uint32_t i;

	for (i = 0; i < numbers->nb; i++)
		least = RTE_MAX(least, numbers->value[i]);
	return least;
}

/** Bytes of the largest pool. */
static uint64_t
pool_bytes(const struct bench_options *o, uint64_t page)
{
	struct bench_cell cell = {
		.cache = largest(&o->cache, 0),
		.bulk = largest(&o->bulk, 1),
		.kept = RTE_MAX(largest(&o->kept, 1), largest(&o->ring, 1)),
		.elt = o->elt,
	};
	uint32_t i;

	for (i = 0; i < o->lcores.nb; i++)
		cell.lcores = RTE_MAX(cell.lcores, o->lcores.place[i].lcores);
	cell.size = largest(&o->size, 8191);
	cell.size = (uint32_t)RTE_MAX((uint64_t)cell.size, 2 * bench_pool_least(&cell));
	return bench_pool_bytes(&cell, page);
}

static int
add_memory(struct app_arguments *arguments, const struct bench_options *options)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	/* The bar makes do with the smallest mbufs in its largest pool. */
	const struct bench_cell large = {.size = BENCH_BAR_LARGE, .elt = BENCH_LEAST_MBUF};
	const uint64_t small = RTE_MAX(pool_bytes(options, page),
	                               options->bar ? bench_pool_bytes(&large, page) : 0);
	/* Several pools at once are better; one at a time will do. */
	const uint64_t several = RTE_MIN(small * options->handlers.nb, SMALL_POOLS_MAX);

	return app_memory_add(arguments, pool_bytes(options, 2 * MIB) + MEMORY_OVERHEAD,
	                      RTE_MAX(small, several) + MEMORY_OVERHEAD, "--size, --kept or --elt");
}

int
bench_embedded_eal(struct app_arguments *arguments, const struct bench_options *options)
{
	static const char *const lcores[] = {"-l", "-c", "--lcores", "--lcore", "-s", NULL};
	static const char *const memory[] = {"-m",
	                                     "--no-huge",
	                                     "--in-memory",
	                                     "--socket-mem",
	                                     "--huge-dir",
	                                     "--legacy-mem",
	                                     "--huge-unlink",
	                                     "--proc-type",
	                                     "--file-prefix",
	                                     "--no-shconf",
	                                     NULL};
	static const char *const log[] = {"--log-level", NULL};
	static const char *const devices[] = {"-a", "-b", "--allow", "--block", "--no-pci", NULL};

	/* The driver tells about every pool, and there will be many. */
	if (!given(arguments, log) &&
	    app_arguments_add(arguments, "--log-level=pmd.mempool.labyrinth:warning") != 0)
		return -1;
	if (!given(arguments, devices) && app_arguments_add(arguments, "--no-pci") != 0)
		return -1;
	if (!given(arguments, lcores) && add_lcores(arguments, options) != 0)
		return -1;
	if (given(arguments, memory))
		return 0;
	if (app_arguments_add(arguments, "--file-prefix=labyrinth-bench-%d", (int)getpid()) != 0)
		return -1;
	return add_memory(arguments, options);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdbool.h>

#include <sched.h>

#include <rte_lcore.h>

#include "place.h"

/** The CPU of an lcore; of one that may float, the first. */
static unsigned int
cpu_of(unsigned int id)
{
	rte_cpuset_t set = rte_lcore_cpuset(id);
	unsigned int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set))
			return cpu;
	return 0;
}

uint32_t
bench_place_cpus(uint32_t lcores)
{
	rte_cpuset_t seen;
	unsigned int id;
	uint32_t nb;

	CPU_ZERO(&seen);
	RTE_LCORE_FOREACH (id)
		CPU_SET(cpu_of(id), &seen);
	nb = (uint32_t)CPU_COUNT(&seen);
	return nb < lcores ? nb : lcores;
}

static bool
taken(unsigned int id, const unsigned int *ids, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < nb; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/** Workers that already run on a CPU. */
static unsigned int
load(unsigned int cpu, const unsigned int *ids, uint32_t nb)
{
	unsigned int workers = 0;
	uint32_t i;

	for (i = 0; i < nb; i++)
		workers += cpu_of(ids[i]) == cpu;
	return workers;
}

int
bench_place(uint32_t lcores, uint32_t cpus, unsigned int *ids)
{
	unsigned int id, best, busy, least;
	uint32_t nb = 1, used = 1;
	bool fresh;

	/* Idle, the main lcore would spin for the others: it had better work. */
	ids[0] = rte_get_main_lcore();
	while (nb < lcores) {
		/* New CPUs first; then those in use, the least loaded one. */
		fresh = used < cpus;
		best = RTE_MAX_LCORE;
		least = UINT32_MAX;
		RTE_LCORE_FOREACH (id) {
			busy = load(cpu_of(id), ids, nb);
			if (taken(id, ids, nb) || (busy == 0) != fresh || busy >= least)
				continue;
			best = id;
			least = busy;
		}
		if (best == RTE_MAX_LCORE)
			return -1;
		ids[nb++] = best;
		used += fresh;
	}
	return used == cpus ? 0 : -1;
}

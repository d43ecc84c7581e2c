/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "budget.h"
#include "pools.h"

#define HUGE_PAGE      (UINT64_C(2) << 20)
#define FREE_HUGE_FILE "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"

/** Bytes of huge pages nobody has yet; 0 when the kernel does not tell. */
static uint64_t
free_huge(void)
{
	FILE *file = fopen(FREE_HUGE_FILE, "r");
	uint64_t pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%" SCNu64, &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * HUGE_PAGE;
}

/** Bytes EAL has reserved and not given out. */
static uint64_t
free_heap(void)
{
	struct rte_malloc_socket_stats stats;
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) == 0)
			sum += stats.heap_freesz_bytes;
	return sum;
}

bool
bench_budget_allows(const struct bench_cell *cell, unsigned int pools)
{
	const bool huge = rte_eal_has_hugepages() != 0;
	const uint64_t page = huge ? HUGE_PAGE : (uint64_t)sysconf(_SC_PAGESIZE);
	const uint64_t all = free_heap() + (huge ? free_huge() : 0);

	if ((cell->workload->flags & BENCH_NO_POOL) != 0)
		return true;
	/* One pool at a time may have nearly all; several leave a quarter to others. */
	return pools * bench_pool_bytes(cell, page) <= (pools == 1 ? all / 20 * 19 : all / 4 * 3);
}

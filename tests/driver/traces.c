/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_malloc.h>
#include <rte_memory.h>
#include <rte_mempool.h>
#include <rte_memzone.h>

#include "harness.h"
#include "pools.h"
#include "traces.h"

static uint64_t
count_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	uint64_t n = 0;

	if (dir == NULL)
		die("cannot read /proc/self/fd");
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

/*
 * Without those that nobody can touch: the addresses of mazes that were freed stay
 * reserved, so that a late touch is explained, and EAL has some of its own.
 */
static uint64_t
count_mappings(void)
{
	FILE *file = fopen("/proc/self/maps", "r");
	char line[4096];
	uint64_t n = 0;

	if (file == NULL)
		die("cannot read /proc/self/maps");
	while (fgets(line, sizeof(line), file) != NULL)
		n += strstr(line, " ---p ") == NULL;
	fclose(file);
	return n;
}

static uint64_t
huge_bytes(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[256];
	uint64_t sum = 0;
	uint64_t kib;

	if (file == NULL)
		die("cannot read /proc/self/smaps_rollup");
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "Shared_Hugetlb: %" SCNu64, &kib) == 1 ||
		    sscanf(line, "Private_Hugetlb: %" SCNu64, &kib) == 1)
			sum += kib * 1024;
	}
	fclose(file);
	return sum;
}

static void
count_memzone(const struct rte_memzone *mz, void *n)
{
	RTE_SET_USED(mz);
	++*(uint64_t *)n;
}

static int
count_list(const struct rte_memseg_list *list, void *n)
{
	RTE_SET_USED(list);
	++*(uint64_t *)n;
	return 0;
}

static void
count_pool(struct rte_mempool *mp, void *n)
{
	RTE_SET_USED(mp);
	++*(uint64_t *)n;
}

void
traces_warm_up(void)
{
	struct pool_spec spec = {.name = "warm_up"};

	rte_mempool_free(pool_must(&spec));
	spec.config = "backing=eal";
	rte_mempool_free(pool_must(&spec));
}

void
traces_take(struct traces *traces)
{
	struct rte_malloc_socket_stats stats;
	int socket;

	memset(traces, 0, sizeof(*traces));
	rte_memzone_walk(count_memzone, &traces->memzones);
	rte_memseg_list_walk(count_list, &traces->lists);
	rte_mempool_walk(count_pool, &traces->pools);
	for (socket = 0; socket < RTE_MAX_NUMA_NODES; socket++) {
		if (rte_malloc_get_socket_stats(socket, &stats) != 0)
			continue;
		traces->heap += stats.heap_allocsz_bytes;
		traces->blocks += stats.alloc_count;
	}
	traces->huge = huge_bytes();
	traces->mappings = count_mappings();
	traces->files = count_files();
}

bool
traces_same(const struct traces *before, char *text, size_t size)
{
	static const struct {
		const char *name;
		size_t at;
	} fields[] = {
		{"bytes of huge pages", offsetof(struct traces, huge)},
		{"mappings", offsetof(struct traces, mappings)},
		{"open files", offsetof(struct traces, files)},
		{"memzones", offsetof(struct traces, memzones)},
		{"memory segment lists", offsetof(struct traces, lists)},
		{"pools", offsetof(struct traces, pools)},
		{"bytes of EAL's heap", offsetof(struct traces, heap)},
		{"blocks of EAL's heap", offsetof(struct traces, blocks)},
	};
	struct traces after;
	size_t len = 0;
	unsigned int i;

	traces_take(&after);
	text[0] = '\0';
	for (i = 0; i < RTE_DIM(fields) && len < size; i++) {
		uint64_t was = *(const uint64_t *)((const char *)before + fields[i].at);
		uint64_t is = *(const uint64_t *)((const char *)&after + fields[i].at);

		/* Mappings become fewer when EAL's grow together. */
		if (is > was || (is < was && fields[i].at != offsetof(struct traces, mappings)))
			len += (size_t)snprintf(text + len, size - len,
			                        "; %s: %" PRIu64 " before, %" PRIu64 " after",
			                        fields[i].name, was, is);
	}
	return len == 0;
}

void
traces_check(const char *what, const struct traces *before)
{
	char text[512];
	bool same = traces_same(before, text, sizeof(text));

	check(same, "%s: nothing is left behind%s", what, text);
}

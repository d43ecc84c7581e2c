/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit_maze.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

struct labyrinth_maze_params
unit_maze_params(enum labyrinth_maze_pages pages, uint32_t blocks)
{
	struct labyrinth_maze_params params = {
		.blocks = blocks,
		.pages = pages,
		.node = LABYRINTH_NODE_ANY,
		/* The race detector knows memory below 2^40 and near the stack only. */
		.addr_bits = UNIT_TSAN ? 39 : 47,
	};

	return params;
}

bool
unit_maze_map(struct labyrinth_maze *maze, enum labyrinth_maze_pages pages, uint32_t blocks,
              uint32_t *slot_of, uint64_t seed)
{
	struct labyrinth_maze_params params = unit_maze_params(pages, blocks);
	int ret;

	ret = labyrinth_maze_map(maze, &params, slot_of, unit_seed(seed));
	if (ret == 0)
		return true;
	CU_ASSERT_EQUAL(ret, -ENOMEM);
	CU_ASSERT_EQUAL(pages, LABYRINTH_MAZE_HUGE);
	CU_ASSERT_TRUE(unit_huge_free() < blocks);
	CU_ASSERT_PTR_NULL(maze->entrance);
	printf("(%u huge pages free: not enough) ", unit_huge_free());
	return false;
}

uint32_t
unit_maze_faults(uint8_t *at, size_t len)
{
	volatile uint8_t *to = at;
	struct rusage before;
	struct rusage after;
	size_t i;

	getrusage(RUSAGE_THREAD, &before);
	for (i = 0; i < len; i += 4096)
		to[i] = 1;
	getrusage(RUSAGE_THREAD, &after);
	if (UNIT_ASAN || UNIT_TSAN)
		return 0; /* their own memory is faulted in meanwhile */
	return (uint32_t)(after.ru_minflt + after.ru_majflt - before.ru_minflt - before.ru_majflt);
}

/* The line of smaps about an address that begins with a key; empty if none. */
static void
smaps_line(const void *at, const char *key, char *line, int len)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	unsigned long from;
	unsigned long to;
	bool here = false;

	while (smaps != NULL && fgets(line, len, smaps) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = (uintptr_t)at >= from && (uintptr_t)at < to;
		else if (here && strncmp(line, key, strlen(key)) == 0) {
			fclose(smaps);
			return;
		}
	}
	line[0] = '\0';
	if (smaps != NULL)
		fclose(smaps);
}

uint32_t
unit_smaps_kb(const void *at, const char *key)
{
	char line[512];
	unsigned int kb = 0;

	smaps_line(at, key, line, sizeof(line));
	if (line[0] != '\0')
		sscanf(line + strlen(key), "%u", &kb);
	return kb;
}

bool
unit_smaps_flag(const void *at, const char *flag)
{
	char line[512];
	char word[8];

	smaps_line(at, "VmFlags:", line, sizeof(line));
	snprintf(word, sizeof(word), " %s ", flag);
	return strstr(line, word) != NULL;
}

uint32_t
unit_huge_free(void)
{
	FILE *file = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
	unsigned int pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%u", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages;
}

bool
unit_huge_same(void (*fn)(void *arg), void *arg)
{
	uint32_t before = 0;
	uint32_t after = 0;
	int tries;

	for (tries = 0; tries < 50; tries++) {
		before = unit_huge_free();
		fn(arg);
		after = unit_huge_free();
		if (after == before)
			return true;
		usleep(20000);
	}
	fprintf(stderr, "%u huge pages free, then %u, every time\n", before, after);
	return false;
}

uint32_t
unit_maps_named(const char *text)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	uint32_t found = 0;
	char line[512];

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		found += strstr(line, text) != NULL;
	if (maps != NULL)
		fclose(maps);
	return found;
}

uint32_t
unit_files_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	uint32_t files = 0;

	while (dir != NULL && readdir(dir) != NULL)
		files++;
	if (dir != NULL)
		closedir(dir);
	return files;
}

bool
unit_range_unmapped(void *at, size_t len)
{
	void *got = mmap(at, len, PROT_NONE,
	                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (got == MAP_FAILED)
		return false;
	munmap(got, len);
	return got == at;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Transparent huge pages: what the kernel allows, and what it gave.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "maze_map.h"

#define SHMEM_ENABLED "/sys/kernel/mm/transparent_hugepage/shmem_enabled"

bool
labyrinth_maze_thp_allowed(void)
{
	char text[128] = "";
	FILE *file = fopen(SHMEM_ENABLED, "re");

	if (file == NULL)
		return false;
	if (fgets(text, sizeof(text), file) == NULL)
		text[0] = '\0';
	fclose(file);
	/* The word in brackets is the one that holds. */
	return strchr(text, '[') != NULL && strstr(text, "[never]") == NULL &&
	       strstr(text, "[deny]") == NULL;
}

/*
 * A block that got no huge page looks as any other: only the kernel's account of
 * the mappings tells.
 */
uint32_t
lab_maze_thp_count(const struct labyrinth_maze *maze)
{
	uint64_t begin = (uintptr_t)maze->entrance;
	uint64_t end = begin + (uint64_t)maze->slots * LABYRINTH_SLOT_SIZE;
	FILE *file = fopen("/proc/self/smaps", "re");
	uint64_t kib = 0;
	bool ours = false;
	char line[512];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		uint64_t from;
		uint64_t to;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &from, &to) == 2)
			ours = from >= begin && to <= end;
		else if (ours && sscanf(line, "ShmemPmdMapped: %" SCNu64, &from) == 1)
			kib += from;
	}
	if (file != NULL)
		fclose(file);
	return (uint32_t)(kib * 1024 / LABYRINTH_SLOT_SIZE);
}

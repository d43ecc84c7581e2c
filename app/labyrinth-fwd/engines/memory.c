/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_malloc.h>

#include "memory.h"

void *
fwd_memory_take(const char *name, size_t bytes, int socket)
{
	void *memory;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		return rte_zmalloc_socket(name, bytes, RTE_CACHE_LINE_SIZE, socket);
	bytes = RTE_ALIGN_CEIL(bytes, (size_t)RTE_CACHE_LINE_SIZE);
	memory = aligned_alloc(RTE_CACHE_LINE_SIZE, bytes);
	if (memory != NULL)
		memset(memory, 0, bytes);
	return memory;
}

void
fwd_memory_give(void *memory)
{
	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		rte_free(memory);
	else
		free(memory);
}

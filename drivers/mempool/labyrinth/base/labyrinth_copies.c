/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Two copies of the driver in one process: EAL loads all that is installed beside
 * DPDK's drivers, and -d or the program itself may have brought another one.
 */

#include <dlfcn.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mempool.h>

#include "labyrinth_build.h"
#include "labyrinth_copies.h"
#include "labyrinth_log.h"
#include "rte_mempool_labyrinth.h"

static bool second;

bool
labyrinth_is_second_copy(void)
{
	return second;
}

static const char *
file_of(const void *function)
{
	Dl_info info;

	return dladdr(function, &info) == 0 || info.dli_fname == NULL ? "?" : info.dli_fname;
}

/* Before all others, which ask for what is found here. */
RTE_INIT_PRIO(labyrinth_copies_init, CLASS)
{
	const struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	uint32_t i;

	for (i = 0; i < table->num_ops && !second; i++)
		second = strcmp(table->ops[i].name, RTE_LABYRINTH_OPS_NAME) == 0;
	if (second)
		LAB_LOG(NOTICE,
		        "%s, version " LABYRINTH_VERSION ", stays unused: this process has loaded "
		        "%s before",
		        file_of((const void *)(uintptr_t)labyrinth_is_second_copy),
		        file_of((const void *)(uintptr_t)table->ops[i - 1].alloc));
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "engines.h"

static const struct fwd_engine *const engines[] = {
	&fwd_engine_io,       &fwd_engine_mac,     &fwd_engine_macswap,  &fwd_engine_rxonly,
	&fwd_engine_txonly,   &fwd_engine_flowgen, &fwd_engine_csum,     &fwd_engine_5tswap,
	&fwd_engine_icmpecho, &fwd_engine_hold,    &fwd_engine_pipeline, &fwd_engine_alloc,
};

const struct fwd_engine *
fwd_engine_at(unsigned int index)
{
	return index < RTE_DIM(engines) ? engines[index] : NULL;
}

const struct fwd_engine *
fwd_engine_find(const char *name)
{
	size_t i;

	for (i = 0; i < RTE_DIM(engines); i++)
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	return NULL;
}

void
fwd_engine_names(char *names, size_t size)
{
	size_t i, used = 0;
	int len;

	names[0] = '\0';
	for (i = 0; i < RTE_DIM(engines) && used < size; i++) {
		len = snprintf(names + used, size - used, "%s%s", i == 0 ? "" : ", ",
		               engines[i]->name);
		used += (size_t)len;
	}
}

void
fwd_engine_help(void)
{
	size_t i;

	for (i = 0; i < RTE_DIM(engines); i++)
		printf("  %-30s %s\n", engines[i]->name, engines[i]->meaning);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A test plugin: from now on, who asks for "ring_mp_mc" gets the ops that
 * TAKEOVER_OPS in the environment names, labyrinth by default.
 *
 * rte_mempool_create() names its ops itself, whatever --mbuf-pool-ops-name
 * says, so most pools of DPDK's own tests never come near the driver. Load this
 * after the driver (`-d librte_mempool_labyrinth.so -d takeover.so`) and they
 * do. It swaps the names of two entries, so "labyrinth" is the ring then.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mempool.h>

static struct rte_mempool_ops *
takeover_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < rte_mempool_ops_table.num_ops; i++) {
		if (strcmp(rte_mempool_ops_table.ops[i].name, name) == 0)
			return &rte_mempool_ops_table.ops[i];
	}
	fprintf(stderr, "takeover: no mempool ops named %s\n", name);
	exit(EXIT_FAILURE);
}

RTE_INIT(takeover_init)
{
	const char *wanted = getenv("TAKEOVER_OPS");
	struct rte_mempool_ops *heir = takeover_find(wanted == NULL ? "labyrinth" : wanted);
	struct rte_mempool_ops *ring = takeover_find("ring_mp_mc");
	char name[RTE_MEMPOOL_OPS_NAMESIZE];

	memcpy(name, ring->name, sizeof(name));
	memcpy(ring->name, heir->name, sizeof(name));
	memcpy(heir->name, name, sizeof(name));
}

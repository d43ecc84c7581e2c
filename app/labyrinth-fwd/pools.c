/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_mempool_labyrinth.h>

#include "compat.h"
#include "app_message.h"
#include "pools.h"

#define LEAST_MBUFS 8191

uint32_t
fwd_pools_size(const struct fwd_options *options, const struct fwd_demand *demand)
{
	/* A cache holds up to 1.5 times its size; a burst may be in hand, another sampled. */
	uint64_t per_lcore = options->mbcache + options->mbcache / 2 + 2 * options->burst;
	uint64_t need = demand->descriptors + demand->lcores * per_lcore +
	                (uint64_t)options->tx_first * options->burst;

	if (options->total_num_mbufs != 0)
		return options->total_num_mbufs;
	if (need < LEAST_MBUFS)
		need = LEAST_MBUFS;
	if (need > INT32_MAX)
		need = INT32_MAX;
	return rte_align32pow2((uint32_t)need + 1) - 1;
}

int
fwd_pools_check_ops(const struct fwd_options *options)
{
	const struct rte_mempool_ops_table *ops = &rte_mempool_ops_table;
	const char *eal_ops = rte_mbuf_user_mempool_ops();
	char known[512] = "";
	size_t used = 0;
	uint32_t i;

	if (eal_ops != NULL && strcmp(eal_ops, options->pool_ops) != 0) {
		app_error("--mbuf-pool-ops-name=%s: does not choose the pools of this program; "
		          "give --pool-ops=%s behind --",
		          eal_ops, eal_ops);
		return -1;
	}
	for (i = 0; i < ops->num_ops; i++) {
		if (strcmp(ops->ops[i].name, options->pool_ops) == 0)
			return 0;
		if (used < sizeof(known))
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
			                         i == 0 ? "" : ", ", ops->ops[i].name);
	}
	app_error("--pool-ops=%s: no such mempool handler; there are %s", options->pool_ops, known);
	return -1;
}

static struct rte_mempool *
create(const char *name, const struct fwd_options *o, unsigned int socket, uint32_t size)
{
	const uint16_t room = (uint16_t)o->mbuf_size;

	if (strcmp(o->pool_ops, RTE_LABYRINTH_OPS_NAME) == 0)
		return rte_labyrinth_pktmbuf_pool_create(name, size, o->mbcache, 0, room,
		                                         (int)socket, o->pool_options);
	return rte_pktmbuf_pool_create_by_ops(name, size, o->mbcache, 0, room, (int)socket,
	                                      o->pool_ops);
}

/** What to change, for the reasons a user can do something about. */
static const char *
remedy(int error, const struct fwd_options *options)
{
	if (error == ENOMEM)
		return "; give a smaller --total-num-mbufs or --mbuf-size, or more memory on "
		       "that socket (huge pages of its NUMA node, or -m with --no-huge)";
	if (error == EINVAL && options->pool_options != NULL)
		return "; see --pool-options and the line above";
	return "";
}

int
fwd_pools_add(struct fwd_pools *pools, const struct fwd_options *options, unsigned int socket,
              uint32_t size)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct fwd_pool *pool;
	unsigned int i;

	for (i = 0; i < pools->nb; i++)
		if (pools->pool[i].socket == socket)
			return 0;
	if (pools->nb == RTE_DIM(pools->pool)) {
		app_error("ports on more than %u NUMA sockets", pools->nb);
		return -1;
	}
	snprintf(name, sizeof(name), "fwd_%u", socket);
	pool = &pools->pool[pools->nb];
	pool->socket = socket;
	pool->mp = create(name, options, socket, size);
	if (pool->mp == NULL) {
		int error = rte_errno;

		app_error("no %s pool of %u mbufs of %u bytes on socket %u: %s%s",
		          options->pool_ops, size, options->mbuf_size, socket, rte_strerror(error),
		          remedy(error, options));
		return -1;
	}
	pool->before = rte_mempool_avail_count(pool->mp);
	pools->nb++;
	return 0;
}

struct rte_mempool *
fwd_pools_of_socket(const struct fwd_pools *pools, unsigned int socket)
{
	unsigned int i;

	for (i = 0; i < pools->nb; i++)
		if (pools->pool[i].socket == socket)
			return pools->pool[i].mp;
	return pools->pool[0].mp;
}

void
fwd_pools_free(struct fwd_pools *pools)
{
	while (pools->nb > 0)
		rte_mempool_free(pools->pool[--pools->nb].mp);
}

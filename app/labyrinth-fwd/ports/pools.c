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
fwd_pools_check_ops(const char *option, const char *ops)
{
	const struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	const char *eal_ops = rte_mbuf_user_mempool_ops();
	char known[512] = "";
	size_t used = 0;
	uint32_t i;

	if (eal_ops != NULL && strcmp(eal_ops, ops) != 0) {
		app_error("--mbuf-pool-ops-name=%s: does not choose the pools of this program; "
		          "give --pool-ops=%s behind --",
		          eal_ops, eal_ops);
		return -1;
	}
	for (i = 0; i < table->num_ops; i++) {
		if (strcmp(table->ops[i].name, ops) == 0)
			return 0;
		if (used < sizeof(known))
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
			                         i == 0 ? "" : ", ", table->ops[i].name);
	}
	app_error("--%s=%s: no such mempool handler; there are %s", option, ops, known);
	return -1;
}

static struct rte_mempool *
create(const char *name, const struct fwd_pools *pools, const struct fwd_options *o,
       const struct fwd_pool *pool, uint32_t size)
{
	const uint16_t room = (uint16_t)o->mbuf_size[pool->size];
	const unsigned int socket = pool->socket;
	struct rte_mempool *mp;

	if (strcmp(pools->ops, RTE_LABYRINTH_OPS_NAME) == 0)
		return rte_labyrinth_pktmbuf_pool_create(name, size, o->mbcache, 0, room,
		                                         (int)socket, pools->options);
	mp = rte_pktmbuf_pool_create_by_ops(name, size, o->mbcache, 0, room, (int)socket,
	                                    pools->ops);
	/* all=on has made a labyrinth of it. */
	if (mp != NULL && rte_labyrinth_is(mp)) {
		rte_mempool_free(mp);
		rte_errno = ENOTSUP;
		return NULL;
	}
	return mp;
}

/** What to change, for the reasons a user can do something about. */
static const char *
remedy(int error, const struct fwd_pools *pools)
{
	if (error == ENOMEM)
		return "; give a smaller --total-num-mbufs or --mbuf-size, or more memory on "
		       "that socket (huge pages of its NUMA node, or -m with --no-huge)";
	if (error == ENOTSUP)
		return "; all=on makes it labyrinth's: leave that out of LABYRINTH_OPTIONS and of "
		       "labyrinth.ini, or --pool-ops";
	if (error == EINVAL && pools->options != NULL)
		return "; see the handler's options and the line above";
	return "";
}

static int
add(struct fwd_pools *pools, const struct fwd_options *options, unsigned int socket,
    unsigned int number, uint32_t size)
{
	char name[RTE_MEMPOOL_NAMESIZE], which[32] = "";
	struct fwd_pool *pool = &pools->pool[pools->nb];
	int error;

	if (number > 0 || pools->set > 0)
		snprintf(which, sizeof(which), "_%u_%u", number, pools->set);
	snprintf(name, sizeof(name), "fwd_%u%s", socket, which);
	pool->socket = socket;
	pool->size = number;
	pool->mp = create(name, pools, options, pool, size);
	if (pool->mp == NULL) {
		error = rte_errno;
		app_error("no %s pool of %u mbufs of %u bytes on socket %u: %s%s", pools->ops, size,
		          options->mbuf_size[number], socket, rte_strerror(error),
		          remedy(error, pools));
		return -1;
	}
	pool->before = rte_mempool_avail_count(pool->mp);
	pools->nb++;
	return 0;
}

int
fwd_pools_add(struct fwd_pools *pools, const struct fwd_options *options, unsigned int socket,
              uint32_t size)
{
	unsigned int i;

	for (i = 0; i < pools->nb; i++)
		if (pools->pool[i].socket == socket)
			return 0;
	if (pools->nb + options->nb_mbuf_sizes > RTE_DIM(pools->pool)) {
		app_error("ports on more than %u NUMA sockets", RTE_MAX_NUMA_NODES);
		return -1;
	}
	for (i = 0; i < options->nb_mbuf_sizes; i++)
		if (add(pools, options, socket, i, size) != 0)
			return -1;
	return 0;
}

struct rte_mempool *
fwd_pools_of_port(const struct fwd_pools *pools, unsigned int index, unsigned int socket)
{
	unsigned int sizes = 0, i;

	for (i = 0; i < pools->nb; i++)
		sizes = RTE_MAX(sizes, pools->pool[i].size + 1);
	for (i = 0; i < pools->nb; i++)
		if (pools->pool[i].socket == socket && pools->pool[i].size == index % sizes)
			return pools->pool[i].mp;
	return pools->pool[0].mp;
}

void
fwd_pools_free(struct fwd_pools *pools)
{
	while (pools->nb > 0) {
		pools->nb--;
		if (!pools->borrowed && !pools->left)
			rte_mempool_free(pools->pool[pools->nb].mp);
	}
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

#include "app_message.h"
#include "compat.h"
#include "packet.h"
#include "secondary.h"
#include "stop.h"

/* How long the primary's question waits for this process: less than the primary does. */
#define QUIET_TRIES 2500
#define QUIET_US    1000
/* How long to wait for a primary that ends: 3 seconds for answers, 3 to recover, and its ports. */
#define LEAVE_TRIES 10000

static atomic_bool ended;
static atomic_bool quiet;
/* The primary has asked, and was not answered yet. */
static atomic_bool asked;
/* What must not have been freed when EAL is cleaned up. */
static const void *ports_memory;

bool
fwd_secondary(void)
{
	return rte_eal_process_type() == RTE_PROC_SECONDARY;
}

int
fwd_secondary_check(struct fwd_options *options)
{
	ports_memory = fwd_compat_ports_memory();
	/* EAL attaches to what a dead primary has left, too. */
	if (!rte_eal_primary_proc_alive(NULL)) {
		app_error("--proc-type=secondary: no primary process with this --file-prefix "
		          "runs; start it first");
		return -1;
	}
	return fwd_options_secondary(options);
}

/* What a walk over pools is about. */
struct search {
	struct rte_mempool *found;
	unsigned int nb;
	char names[256];
};

static bool
has_mbufs(const struct rte_mempool *mp)
{
	const struct rte_pktmbuf_pool_private *pool;

	if (mp->private_data_size < sizeof(*pool))
		return false;
	pool = rte_mempool_get_priv((struct rte_mempool *)(uintptr_t)mp);
	return mp->elt_size ==
	       sizeof(struct rte_mbuf) + pool->mbuf_priv_size + pool->mbuf_data_room_size;
}

static void
consider(struct rte_mempool *mp, void *arg)
{
	struct search *search = arg;
	size_t used = strlen(search->names);

	if (!has_mbufs(mp))
		return;
	search->found = mp;
	snprintf(search->names + used, sizeof(search->names) - used, "%s%s",
	         search->nb == 0 ? "" : ", ", mp->name);
	search->nb++;
}

static struct rte_mempool *
find(const char *name)
{
	struct search search = {0};
	unsigned int i;

	rte_mempool_walk(consider, &search);
	if (search.nb == 0) {
		app_error("the primary process has no pool of mbufs");
		return NULL;
	}
	if (name == NULL && search.nb > 1) {
		app_error("the primary process has %u pools of mbufs; give --pool=NAME, one of %s",
		          search.nb, search.names);
		return NULL;
	}
	if (name == NULL)
		return search.found;
	search.found = rte_mempool_lookup(name);
	if (search.found != NULL && has_mbufs(search.found))
		return search.found;
	i = search.nb;
	app_error("--pool=%s: the primary process has no such pool of mbufs; there %s %s", name,
	          i == 1 ? "is" : "are", search.names);
	return NULL;
}

int
fwd_secondary_pool(struct fwd_pools *pools, const char *name)
{
	struct rte_mempool *mp = find(name);

	if (mp == NULL)
		return -1;
	if (rte_pktmbuf_data_room_size(mp) < FWD_LEAST_ROOM) {
		app_error("pool %s: its mbufs have room for %u bytes, packets need %u; the primary "
		          "process has to make a pool of larger ones",
		          mp->name, rte_pktmbuf_data_room_size(mp), FWD_LEAST_ROOM);
		return -1;
	}
	if (mp->ops_index < 0 || (uint32_t)mp->ops_index >= rte_mempool_ops_table.num_ops) {
		app_error("pool %s: its mempool handler is not loaded in this process", mp->name);
		return -1;
	}
	pools->ops = rte_mempool_get_ops(mp->ops_index)->name;
	pools->borrowed = true;
	pools->nb = 1;
	pools->pool[0] = (struct fwd_pool){
		.mp = mp,
		.socket = mp->socket_id >= 0 ? (unsigned int)mp->socket_id : rte_socket_id(),
		.before = rte_mempool_avail_count(mp),
	};
	return 0;
}

/** Called by a thread of the driver's. */
static void
on_primary_ended(void *arg)
{
	(void)arg;
	atomic_store(&ended, true);
	fwd_stop_wake();
}

/**
 * The primary is about to end; called by a thread of EAL's. Answered when all is given back, and
 * only then: without an answer the primary leaves the pools.
 */
static int
on_primary_ends(const struct rte_mp_msg *msg, const void *peer)
{
	struct rte_mp_msg reply;
	unsigned int i;
	int ret = 0;

	atomic_store(&asked, true);
	on_primary_ended(NULL);
	for (i = 0; i < QUIET_TRIES && !atomic_load(&quiet); i++)
		usleep(QUIET_US);
	if (atomic_load(&quiet)) {
		memset(&reply, 0, sizeof(reply));
		memcpy(reply.name, msg->name, sizeof(reply.name));
		ret = rte_mp_reply(&reply, peer);
	}
	atomic_store(&asked, false);
	return ret;
}

int
fwd_secondary_watch(void)
{
	if (rte_mp_action_register(FWD_SECONDARY_END, on_primary_ends) != 0) {
		app_error("cannot listen to the primary process: %s", rte_strerror(rte_errno));
		return -1;
	}
	if (rte_labyrinth_primary_cb_set(on_primary_ended, NULL) != 0)
		on_primary_ended(NULL);
	return 0;
}

bool
fwd_secondary_orphaned(void)
{
	static bool said;

	if (!fwd_secondary())
		return false;
	/* A primary without labyrinth does not have us called. */
	if (!atomic_load(&ended) && !rte_eal_primary_proc_alive(NULL))
		atomic_store(&ended, true);
	if (!atomic_load(&ended))
		return false;
	if (!said)
		app_error("the primary process has ended: so does this one");
	said = true;
	return true;
}

bool
fwd_secondary_quiet(void)
{
	unsigned int i;

	if (!fwd_secondary())
		return true;
	atomic_store(&quiet, true);
	/*
	 * EAL's thread that answers ends with this one; and while the primary frees its pools,
	 * the driver works here with memory of EAL's, which must not be given up meanwhile.
	 */
	for (i = 0;
	     atomic_load(&ended) && (atomic_load(&asked) || rte_eal_primary_proc_alive(NULL));
	     i++) {
		if (i == LEAVE_TRIES)
			return false;
		usleep(QUIET_US);
	}
	return fwd_compat_ports_memory() == ports_memory;
}

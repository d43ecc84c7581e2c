/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Jobs about where memory lies, and about what is refused. */

#include <errno.h>
#include <linux/capability.h>
#include <numaif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_log.h>
#include <rte_memory.h>
#include <rte_mempool_labyrinth.h>

#include "vmtest.h"

#define POOLS_MAX 300
/* Frames of pools that are to fill EAL's table: some 8 pages. */
#define SMALL_MBUFS 7000
#define ROUNDS      2
#define REFUSALS    12

static int
on_node(struct rte_mempool *mp, int node)
{
	unsigned int pages;
	unsigned int there;

	if (vm_pages_on(mp, node, &pages, &there) != 0)
		return -1;
	vm_say("pool %s: %u pieces of 4 KiB asked for, %u of them on node %d", mp->name, pages,
	       there, node);
	return pages > 0 && pages == there ? 0 : vm_fail("memory of another node");
}

int
vm_job_node(void)
{
	struct rte_mempool *mp =
		vm_pool_make("vm_node", vm_args.mbufs, (int)vm_args.node, vm_args.options);
	struct rte_mempool_memhdr *header;
	void *at;
	int status = -1;
	int ret;

	if (mp == NULL)
		return vm_fail("no pool on node %u: %s", vm_args.node, rte_strerror(rte_errno));
	ret = on_node(mp, (int)vm_args.node);
	/* The mempool itself: its caches and lanes. */
	header = STAILQ_FIRST(&mp->mem_list);
	at = (void *)((uintptr_t)mp->pool_data & ~(uintptr_t)(RTE_PGSIZE_4K - 1));
	if (ret == 0 && (header == NULL || move_pages(0, 1, &at, NULL, &status, 0) != 0 ||
	                 status != (int)vm_args.node))
		ret = vm_fail("rooms and lanes lie on node %d", status);
	rte_mempool_free(mp);
	return ret;
}

static unsigned int
pools_until_refused(struct rte_mempool **pools, int *err)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	unsigned int n;

	for (n = 0; n < POOLS_MAX; n++) {
		snprintf(name, sizeof(name), "vm_small_%u", n);
		pools[n] = vm_pool_make(name, SMALL_MBUFS, SOCKET_ID_ANY, vm_args.options);
		if (pools[n] == NULL)
			break;
	}
	*err = rte_errno;
	return n;
}

int
vm_job_limit(void)
{
	static struct rte_mempool *pools[POOLS_MAX];
	struct rte_mempool *spare;
	struct rte_labyrinth_info info;
	unsigned int first = 0;
	unsigned int round;
	unsigned int n;
	int err;

	for (round = 0; round < ROUNDS; round++) {
		n = pools_until_refused(pools, &err);
		vm_say("round %u: %u pools, then: %s", round, n, rte_strerror(err));
		if (round == 0)
			first = n;
		if (n == 0 || n == POOLS_MAX || n != first || err != ENOSPC)
			return vm_fail("not the limit that was expected, or less each time");
		/* Who leaves the choice to the driver gets a pool. */
		spare = vm_pool_make("vm_spare", SMALL_MBUFS, SOCKET_ID_ANY, "backing=auto");
		if (spare == NULL || rte_labyrinth_info_get(spare, &info) != 0 ||
		    info.backing != RTE_LABYRINTH_BACKING_EAL)
			return vm_fail("backing=auto does not fall back on EAL's memory");
		rte_mempool_free(spare);
		while (n > 0)
			rte_mempool_free(pools[--n]);
	}
	return 0;
}

/* Without CAP_IPC_LOCK, what VFIO pins counts. */
static int
little_locked_memory(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const struct rlimit little = {1 << 20, 1 << 20};

	memset(data, 0, sizeof(data));
	if (syscall(SYS_capget, &header, data) != 0)
		return vm_fail("capget: %s", strerror(errno));
	data[CAP_IPC_LOCK / 32].effective &= ~(1u << CAP_IPC_LOCK % 32);
	data[CAP_IPC_LOCK / 32].permitted &= ~(1u << CAP_IPC_LOCK % 32);
	if (setrlimit(RLIMIT_MEMLOCK, &little) != 0 || syscall(SYS_capset, &header, data) != 0)
		return vm_fail("cannot give up CAP_IPC_LOCK: %s", strerror(errno));
	return 0;
}

int
vm_job_refused(void)
{
	struct rte_mempool *mp;
	int i;

	if (vm_args.expect != NULL && strcmp(vm_args.expect, "memlock") == 0 &&
	    little_locked_memory() != 0)
		return -1;
	/* Again and again: nothing of a refused pool may stay. */
	for (i = 0; i < REFUSALS; i++) {
		mp = vm_pool_make("vm_refused", vm_args.mbufs, (int)vm_args.node, vm_args.options);
		if (mp != NULL)
			return vm_fail("the pool was not refused");
		rte_log_set_level_pattern("pmd.mempool.labyrinth", RTE_LOG_CRIT);
	}
	vm_say("refused: %s", rte_strerror(rte_errno));
	return 0;
}

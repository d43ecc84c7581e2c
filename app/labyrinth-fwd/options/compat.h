/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_COMPAT_H
#define FWD_COMPAT_H

/**
 * @file
 * The only place that knows about differences between DPDK 22.11 and 26.07.
 */

#include <rte_common.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_version.h>

#if RTE_VERSION < RTE_VERSION_NUM(22, 11, 0, 0)
#error "labyrinth-fwd needs DPDK 22.11 or newer"
#endif

/**
 * Where EAL's ports are told, in memory of the primary's. From 23.11 on a primary that ends by
 * itself frees it, and rte_eal_cleanup() of a secondary would read it. NULL where it stays.
 */
static inline const void *
fwd_compat_ports_memory(void)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	const struct rte_memzone *mz = rte_memzone_lookup("rte_eth_dev_data");

	return mz == NULL ? NULL : mz->addr;
#else
	return NULL;
#endif
}

#endif /* FWD_COMPAT_H */

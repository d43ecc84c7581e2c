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
#include <rte_version.h>

#if RTE_VERSION < RTE_VERSION_NUM(22, 11, 0, 0)
#error "labyrinth-fwd needs DPDK 22.11 or newer"
#endif

#endif /* FWD_COMPAT_H */

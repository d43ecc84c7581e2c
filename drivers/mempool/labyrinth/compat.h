/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_COMPAT_H
#define LABYRINTH_COMPAT_H

/*
 * What differs between the versions of DPDK this driver compiles against:
 * 22.11 to 26.07. Nothing else may ask for a version.
 */

#include <rte_telemetry.h>
#include <rte_version.h>

/* 23.03 renamed the unsigned integers of telemetry. */
#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
#define rte_tel_data_add_dict_uint  rte_tel_data_add_dict_u64
#define rte_tel_data_add_array_uint rte_tel_data_add_array_u64
#define LABYRINTH_TEL_UINT          RTE_TEL_U64_VAL
#else
#define LABYRINTH_TEL_UINT RTE_TEL_UINT_VAL
#endif

#endif /* LABYRINTH_COMPAT_H */

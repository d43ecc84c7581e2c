/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_LOG_H
#define LABYRINTH_LOG_H

#include <rte_log.h>

extern int labyrinth_logtype;

#define LAB_LOG(level, fmt, ...) \
	rte_log(RTE_LOG_##level, labyrinth_logtype, "LABYRINTH: " fmt "\n", ##__VA_ARGS__)

#endif /* LABYRINTH_LOG_H */

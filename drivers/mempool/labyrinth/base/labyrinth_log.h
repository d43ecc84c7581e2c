/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_LOG_H
#define LABYRINTH_LOG_H

#include <rte_log.h>

extern int labyrinth_logtype;

#define LAB_LOG_AT(level, fmt, ...) \
	rte_log(level, labyrinth_logtype, "LABYRINTH: " fmt "\n", ##__VA_ARGS__)

#define LAB_LOG(level, fmt, ...) LAB_LOG_AT(RTE_LOG_##level, fmt, ##__VA_ARGS__)

#endif /* LABYRINTH_LOG_H */

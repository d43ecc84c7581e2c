/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_OPS_PLACE_H
#define LABYRINTH_OPS_PLACE_H

#include <stdbool.h>

#include <rte_mempool.h>

/*
 * Put ops into DPDK's table; where it is full, in the place of a handler whose hardware
 * this machine cannot have. Returns 0 or a negative errno, after one log line if there
 * is something to say.
 */
int
labyrinth_ops_place(const struct rte_mempool_ops *ops);

/*
 * When all plugins are loaded and the process has made no pool: where few places are left, the
 * driver moves to such a handler's place and leaves its own free. So a program that brings
 * handlers finds as many places as without the driver.
 */
void
labyrinth_ops_leave_room(void);

/* Was it such a place? Then the ops stay there: those of others keep their indices. */
bool
labyrinth_ops_displaced(void);

#endif /* LABYRINTH_OPS_PLACE_H */

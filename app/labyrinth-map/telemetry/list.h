/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_LIST_H
#define MAP_LIST_H

/**
 * @file
 * The DPDK processes of this user that answer, with their pools.
 */

/** Print them. 0, or -1 when there is none (one line was printed). */
int
map_list(void);

#endif /* MAP_LIST_H */

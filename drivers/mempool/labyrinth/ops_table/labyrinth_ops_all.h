/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_OPS_ALL_H
#define LABYRINTH_OPS_ALL_H

/*
 * Where the options ask for all=on: from now on, pools that name one of DPDK's rings are
 * the driver's. The table of mempool ops is in its final order. One log line.
 */
void
labyrinth_ops_all_start(void);

#endif /* LABYRINTH_OPS_ALL_H */

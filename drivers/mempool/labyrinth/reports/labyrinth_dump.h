/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_DUMP_H
#define LABYRINTH_DUMP_H

/* Packet memory for who looks at a crash later: in the core, or in the report. */

#include "labyrinth_pool.h"
#include "labyrinth_violation.h"

/* dump=on: have core dumps take the pool's maze, and say what else that needs. */
void
labyrinth_dump_allow(const struct rte_mempool *mp, const struct labyrinth_pool *pool);

/* dump=violation or on: log the frame at fault, its header too, byte by byte. */
void
labyrinth_dump_frame(const struct labyrinth_violation *violation);

#endif /* LABYRINTH_DUMP_H */

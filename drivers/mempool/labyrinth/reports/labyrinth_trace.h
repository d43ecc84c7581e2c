/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_TRACE_H
#define LABYRINTH_TRACE_H

/*
 * Trace points off the data path, for --trace=mempool.labyrinth.*
 */

#include <rte_trace_point.h>

#include "labyrinth_inspect.h"

/* Each event: the pool, the lcore (or UINT32_MAX), how many frames. */
RTE_TRACE_POINT(labyrinth_trace_refill,
                RTE_TRACE_POINT_ARGS(const char *pool, uint32_t lcore, uint32_t frames),
                rte_trace_point_emit_string(pool);
                rte_trace_point_emit_u32(lcore); rte_trace_point_emit_u32(frames);)

RTE_TRACE_POINT(labyrinth_trace_flush,
                RTE_TRACE_POINT_ARGS(const char *pool, uint32_t lcore, uint32_t frames),
                rte_trace_point_emit_string(pool);
                rte_trace_point_emit_u32(lcore); rte_trace_point_emit_u32(frames);)

RTE_TRACE_POINT(labyrinth_trace_steal,
                RTE_TRACE_POINT_ARGS(const char *pool, uint32_t lcore, uint32_t frames),
                rte_trace_point_emit_string(pool);
                rte_trace_point_emit_u32(lcore); rte_trace_point_emit_u32(frames);)

RTE_TRACE_POINT(labyrinth_trace_failure,
                RTE_TRACE_POINT_ARGS(const char *pool, uint32_t lcore, uint32_t frames),
                rte_trace_point_emit_string(pool);
                rte_trace_point_emit_u32(lcore); rte_trace_point_emit_u32(frames);)

RTE_TRACE_POINT(labyrinth_trace_roomless,
                RTE_TRACE_POINT_ARGS(const char *pool, uint32_t lcore, uint32_t frames),
                rte_trace_point_emit_string(pool);
                rte_trace_point_emit_u32(lcore); rte_trace_point_emit_u32(frames);)

/* A violation: the pool, who tripped, the pointer at fault, the kind in words. */
RTE_TRACE_POINT(labyrinth_trace_violation,
                RTE_TRACE_POINT_ARGS(const char *pool, uint32_t lcore, const void *pointer,
                                     const char *kind),
                rte_trace_point_emit_string(pool);
                rte_trace_point_emit_u32(lcore); rte_trace_point_emit_ptr(pointer);
                rte_trace_point_emit_string(kind);)

#endif /* LABYRINTH_TRACE_H */

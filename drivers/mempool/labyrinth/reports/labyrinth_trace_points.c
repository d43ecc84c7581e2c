/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Registration of the trace points. In this file their functions register
 * instead of tracing: nobody may call them here.
 */

#include <rte_trace_point_register.h>

#include "labyrinth_copies.h"
#include "labyrinth_trace.h"

/* EAL does not start with two points of one name: a second copy registers none. */
static int
register_once(rte_trace_point_t *trace, const char *name, void (*point)(void))
{
	return labyrinth_is_second_copy() ? 0 : __rte_trace_point_register(trace, name, point);
}

#define __rte_trace_point_register register_once

RTE_TRACE_POINT_REGISTER(labyrinth_trace_refill, mempool.labyrinth.refill)
RTE_TRACE_POINT_REGISTER(labyrinth_trace_flush, mempool.labyrinth.flush)
RTE_TRACE_POINT_REGISTER(labyrinth_trace_steal, mempool.labyrinth.steal)
RTE_TRACE_POINT_REGISTER(labyrinth_trace_failure, mempool.labyrinth.failure)
RTE_TRACE_POINT_REGISTER(labyrinth_trace_roomless, mempool.labyrinth.roomless)
RTE_TRACE_POINT_REGISTER(labyrinth_trace_violation, mempool.labyrinth.violation)

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Trace points: what the library tells of events, handed to DPDK's tracing.
 */

#include <rte_common.h>

#include "labyrinth_pool.h"
#include "labyrinth_report.h"
#include "labyrinth_trace.h"

static void
trace(const labyrinth_t *lab, enum labyrinth_event event, uint32_t lcore, uint32_t frames)
{
	const char *pool = labyrinth_pool_of_lab(lab)->mp->name;

	switch (event) {
	case LABYRINTH_EVENT_REFILL:
		labyrinth_trace_refill(pool, lcore, frames);
		break;
	case LABYRINTH_EVENT_FLUSH:
		labyrinth_trace_flush(pool, lcore, frames);
		break;
	case LABYRINTH_EVENT_STEAL:
		labyrinth_trace_steal(pool, lcore, frames);
		break;
	case LABYRINTH_EVENT_FAILURE:
		labyrinth_trace_failure(pool, lcore, frames);
		break;
	case LABYRINTH_EVENT_ROOMLESS:
		labyrinth_trace_roomless(pool, lcore, frames);
		break;
	}
}

void
labyrinth_report_trace(const struct labyrinth_violation *violation)
{
	labyrinth_trace_violation(labyrinth_pool_of_lab(violation->lab)->mp->name, violation->lane,
	                          violation->frame, labyrinth_violation_name(violation->kind));
}

RTE_INIT(labyrinth_trace_listen)
{
	labyrinth_event_handler(trace);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "labyrinth_log.h"
#include "labyrinth_report.h"
#include "labyrinth_violation.h"

static void
report(const struct labyrinth_violation *violation)
{
	LAB_LOG(CRIT, "violation: %s: pointer %p, lcore %u",
		labyrinth_violation_name(violation->kind), violation->frame, violation->lane);
}

void
labyrinth_report_init(void)
{
	labyrinth_violation_handler(report);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_REPORT_H
#define LABYRINTH_REPORT_H

/*
 * Reports of violations: to the log, to telemetry, to the application.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_mempool.h>

#include "labyrinth_maze.h"
#include "labyrinth_violation.h"

/* Reports kept for telemetry. */
#define LABYRINTH_REPORTS_KEPT 16

/* A report in short. */
struct labyrinth_report {
	uint64_t number; /* counts all violations of this process, from 1 */
	char pool[RTE_MEMPOOL_NAMESIZE];
	const char *kind;
	uint64_t pointer;
	uint64_t frame;
	uint32_t lcore;
	uint32_t got_lcore;
	uint32_t put_lcore;
};

/* Have violations of this process reported. */
void
labyrinth_report_init(void);

/* The latest reports, newest first; tells how many there are. */
unsigned int
labyrinth_report_latest(struct labyrinth_report *reports, unsigned int most);

/* Violations of this process so far. */
uint64_t
labyrinth_report_count(void);

/* Log a whole report. */
void
labyrinth_report_log(const struct labyrinth_violation *violation, uint64_t number,
                     uint64_t unreported);

/* Hand a violation to DPDK's tracing. */
void
labyrinth_report_trace(const struct labyrinth_violation *violation);

/* Log the calls that led here, without the driver's own. */
void
labyrinth_report_backtrace(void);

/*
 * Mend what DPDK keeps in the headers of a pool's objects after one of them was
 * overwritten: the list of all objects, and the pool each belongs to.
 */
void
labyrinth_relink(const struct rte_mempool *mp);

/* Have writes that run into a wall of this pool's maze, a window, reported. */
void
labyrinth_walls_watch(const struct rte_mempool *mp, const struct labyrinth_maze *maze);

/* Have the handler ready before the first of them. */
void
labyrinth_walls_start(void);

void
labyrinth_walls_forget(const struct rte_mempool *mp);

#endif /* LABYRINTH_REPORT_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_REPORT_H
#define FWD_REPORT_H

/**
 * @file
 * What the user sees: the set-up, a live table, the summary.
 */

#include "lcores.h"
#include "options.h"
#include "pools.h"
#include "ports.h"

/** What was given back of secondary processes that have gone. */
struct fwd_recovered {
	uint32_t processes; /**< that are done with */
	uint64_t owned;     /**< buffers they held, which are in their pool again */
	uint64_t in_lanes;  /**< free buffers of their lanes, which others can get again */
};

/** Everything a report is about; owned by the caller. */
struct fwd_view {
	const struct fwd_options *options;
	const struct fwd_ports *ports;
	const struct fwd_pools *pools;
	const struct fwd_lcores *lcores;
	const struct fwd_recovered *recovered;
};

/** What dead processes had held, as the live table and the summary show it. */
#define FWD_RECOVERED                                                                             \
	"given back of %u secondary processes that have gone: %" PRIu64 " buffers held, %" PRIu64 \
	" in lanes"
#define FWD_RECOVERED_FIGURES(recovered) \
	(recovered)->processes, (recovered)->owned, (recovered)->in_lanes

/** Add up what a port received, sent and dropped. */
struct fwd_sums
fwd_sums_of_port(const struct fwd_lcores *lcores, uint16_t port);

/** Add up what an lcore received, sent and dropped. */
struct fwd_sums
fwd_sums_of_lcore(const struct fwd_lcore *lcore);

/** "up", "down" or "gone". */
const char *
fwd_report_link(const struct fwd_port *port);

/** Labyrinth's rules broken and system calls refused on an lcore. */
uint64_t
fwd_report_violations(const struct fwd_lcore *lcore);

/** What the allocator could have done to lcores: page faults, waiting, system calls refused. */
struct fwd_own_interrupts {
	uint64_t faults;
	uint64_t waits;
	uint64_t refused;
	uint64_t foreign; /**< times the kernel took the CPU away: nobody's fault */
};

struct fwd_own_interrupts
fwd_report_own_interrupts(const struct fwd_lcores *lcores);

/** Print which lcore serves which queues, from which pools. */
void
fwd_report_setup(const struct fwd_view *view);

/** Print the live table; on a terminal, over the one before. */
void
fwd_live_print(const struct fwd_view *view, double seconds);

/** Something else is printed: the next table does not go over the one before. */
void
fwd_live_break(void);

/** Print the tables of ports and lcores: what `show fwd stats all` shows. */
void
fwd_summary_tables(const struct fwd_view *view);

/** Print what each port has received, sent and dropped. */
void
fwd_summary_ports(const struct fwd_view *view);

/**
 * Print the summary, except for the pools.
 *
 * @param seconds
 *   How long the lcores have forwarded; 0: never.
 * @param why
 *   It has ended.
 */
void
fwd_summary_print(const struct fwd_view *view, double seconds, const char *why);

/**
 * Print all pools of nb sets, once every port is closed. Of those that are another
 * process's nothing can be told to be lost.
 *
 * @return
 *   Buffers that have not come back.
 */
uint64_t
fwd_summary_pools(const struct fwd_pools *pools, unsigned int nb);

/** Print what was given back of processes that have gone, if any have. */
void
fwd_summary_recovery(const struct fwd_recovered *recovered);

#endif /* FWD_REPORT_H */

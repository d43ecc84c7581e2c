/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_COUNTERS_H
#define FWD_KIT_COUNTERS_H

/**
 * @file
 * What ports count that should not happen, apart for each row of the report.
 */

#include <stdint.h>

#include "kit_pools.h"
#include "kit_text.h"
#include "ports.h"

/** As struct rte_eth_stats names them. */
struct fwd_kit_errors {
	uint64_t rx_nombuf;
	uint64_t imissed;
	uint64_t ierrors;
	uint64_t oerrors;
};

/** Counters of one port that its driver has beside these. */
struct fwd_kit_port {
	struct fwd_kit_errors before;
	unsigned int nb; /**< counters of the driver; 0: none */
	struct rte_eth_xstat_name *names;
	struct rte_eth_xstat *values; /**< scratch */
	uint64_t *xbefore;
	uint64_t *sums; /**< of row r from r * nb on */
};

struct fwd_kit_counters {
	const struct fwd_ports *ports;
	struct fwd_kit_port port[FWD_MAX_PORTS];
	struct fwd_kit_errors errors[FWD_KIT_ROWS]; /**< of all ports */
};

/** Learn which counters started ports have. 0, or -1 (one line was printed). */
int
fwd_kit_counters_open(struct fwd_kit_counters *counters, const struct fwd_ports *ports);

/** Count from here on. */
void
fwd_kit_counters_begin(struct fwd_kit_counters *counters);

/** Add what was counted since then to a row. */
void
fwd_kit_counters_end(struct fwd_kit_counters *counters, unsigned int row);

/** Print the drivers' counters of errors that are not 0. */
void
fwd_kit_counters_print(const struct fwd_kit_counters *counters, struct fwd_kit_text *text);

/** Free them. May be called twice. */
void
fwd_kit_counters_close(struct fwd_kit_counters *counters);

#endif /* FWD_KIT_COUNTERS_H */

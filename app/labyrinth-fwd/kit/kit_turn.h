/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_TURN_H
#define FWD_KIT_TURN_H

/**
 * @file
 * One turn: ports get new pools of one kind, packets go round, and it is counted.
 */

#include <stdbool.h>
#include <stdint.h>

#include "kit_counters.h"
#include "kit_kernel.h"
#include "kit_late.h"
#include "kit_pools.h"
#include "session.h"

/** Figures of a turn. */
struct fwd_kit_figures {
	double rate;   /**< packets forwarded per second, all ports together */
	double cycles; /**< TSC cycles of a packet, from the call that received it until it is sent
	                */
	double fill;   /**< packets of a burst that was not empty */
	double get;    /**< TSC cycles of a mempool get of a burst, median */
};

/** What has become of the kind of pools of one row. */
struct fwd_kit_row {
	char why[512]; /**< what the pools lie in, in the driver's words; or why they are not */
	bool failed;   /**< not made, or not taken by a port: not tried again */
	struct fwd_kit_memory memory;
	uint32_t turns; /**< elements of figures */
	struct fwd_kit_figures figures[FWD_MAX_ROUNDS];
	/* Sums of all turns. */
	uint64_t made;   /**< packets put into circulation */
	uint64_t again;  /**< of these, because all were lost */
	uint64_t left;   /**< packets that were under way at the end of turns */
	uint64_t intact; /**< of these, known and whole */
	uint64_t drops;  /**< packets that did not fit into a transmit queue */
	struct fwd_kit_fate fate;
	int64_t faults; /**< lines about refused DMA in the kernel's log; -1: unknown */
};

struct fwd_kit_bench {
	struct fwd_session *session; /**< two sets of pools: one in use, one to come */
	struct fwd_kit_row *rows;    /**< FWD_KIT_ROWS of them */
	struct fwd_kit_counters counters;
	struct fwd_kit_kernel kernel;
	struct fwd_kit_late *late; /**< pools of earlier turns that are not whole yet */
	uint64_t busy;    /**< ports to which packets come from outside, and their pairs; a mask */
	unsigned int set; /**< number of the pools made last */
	unsigned int row; /**< whose pools the ports have, if they have any */
	bool fresh;       /**< pools that no turn has used yet */
};

/**
 * Give the ports new pools of a row, and wait for their links.
 *
 * @return
 *   0, or -1: the row has failed, and says why.
 */
int
fwd_kit_turn_change(struct fwd_kit_bench *bench, unsigned int row);

/** Listen to which ports something comes from outside; sets busy. */
void
fwd_kit_turn_listen(struct fwd_kit_bench *bench);

/**
 * Forward and count, with pools that fwd_kit_turn_change() gave.
 *
 * @param seconds
 *   To forward, of which the first tenth does not count.
 * @return
 *   0; 1 when asked to stop, and nothing is counted; -1 on failure (one line was printed).
 */
int
fwd_kit_turn_take(struct fwd_kit_bench *bench, double seconds);

/** Stop and close the ports, and free the pools. */
void
fwd_kit_turn_end(struct fwd_kit_bench *bench);

#endif /* FWD_KIT_TURN_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_LATE_H
#define FWD_KIT_LATE_H

/**
 * @file
 * Pools whose turn is over, and not all buffers are back. Some drivers (virtio) keep those
 * that a receive queue has over a stop and a start, and let go of each when a packet has
 * come in it, or of all when the port is closed.
 */

#include "kit_pools.h"

struct fwd_kit_late;

/** What has become of pools when they are freed, or left for good. */
struct fwd_kit_fate {
	uint64_t violations; /**< rules of labyrinth's that were broken */
	uint64_t missing;    /**< buffers that did not come back */
};

/**
 * Keep pools until all buffers are back.
 *
 * @param pools
 *   Empty afterwards.
 * @param fate
 *   Added to when they are freed; if there is no memory to keep them, at once.
 */
void
fwd_kit_late_add(struct fwd_kit_late **late, struct fwd_pools *pools, struct fwd_kit_fate *fate);

/** Free those that have all buffers back; with all set, the others are missing theirs. */
void
fwd_kit_late_free(struct fwd_kit_late **late, bool all);

#endif /* FWD_KIT_LATE_H */

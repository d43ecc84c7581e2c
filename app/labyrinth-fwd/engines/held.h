/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_HELD_H
#define FWD_HELD_H

/**
 * @file
 * Packets that are kept for a while, in the order they came, then freed.
 */

#include <stdint.h>

#include <rte_mbuf.h>

#include "engine.h"

struct fwd_held;

struct fwd_burst {
	uint64_t since; /**< TSC; set by fwd_held_add() */
	uint16_t n;
	struct rte_mbuf *packets[FWD_MAX_BURST];
};

/** Make the state of a stream that holds packets, as an engine's begin(). */
int
fwd_held_begin(struct fwd_stream **streams, uint32_t hold_ms);

/** Free it and all packets in it, as an engine's end(). */
void
fwd_held_end(struct fwd_stream **streams);

/**
 * Free what has been kept long enough, and so much more that a burst fits.
 *
 * @return
 *   How many packets.
 */
unsigned int
fwd_held_free(struct fwd_stream *stream);

/** Where the next burst goes: valid after fwd_held_free(). */
struct fwd_burst *
fwd_held_next(struct fwd_stream *stream);

/** The burst that fwd_held_next() named has been filled in; an empty one counts for nothing. */
void
fwd_held_add(struct fwd_stream *stream);

#endif /* FWD_HELD_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_ENGINE_H
#define FWD_KIT_ENGINE_H

/**
 * @file
 * The forward mode of a report: as io, but it counts what a packet costs, and keeps
 * packets going round where none come by themselves.
 */

#include <stdint.h>

#include "engine.h"
#include "streams.h"

/** What streams do from the next start on. */
struct fwd_kit_plan {
	uint64_t busy;   /**< ports to which packets come from outside, and their pairs; a mask */
	uint32_t bursts; /**< other streams first send so many */
	uint32_t turn;   /**< number of the turn, which is in each packet */
};

/** What streams have forwarded since the start. */
struct fwd_kit_flow {
	uint64_t packets;
	uint64_t bursts; /**< they came in */
	uint64_t cycles; /**< from a call that received some until they were sent */
};

/** What they have put into circulation, and taken out. */
struct fwd_kit_made {
	uint64_t packets;
	uint64_t again; /**< of these, because nothing came any more */
	uint64_t drops; /**< packets that did not fit into a transmit queue */
};

extern const struct fwd_engine fwd_kit_engine;

/** Set the plan; no lcore may forward. */
void
fwd_kit_engine_plan(const struct fwd_kit_plan *plan);

/** Add up all streams, while lcores forward. */
struct fwd_kit_flow
fwd_kit_engine_flow(const struct fwd_streams *streams);

/** Sums of all streams since the plan was set, once no lcore forwards any more. */
struct fwd_kit_made
fwd_kit_engine_made(void);

#endif /* FWD_KIT_ENGINE_H */

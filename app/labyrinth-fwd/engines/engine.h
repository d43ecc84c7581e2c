/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_ENGINE_H
#define FWD_ENGINE_H

/**
 * @file
 * A forward mode: one file each, exporting one struct fwd_engine.
 */

#include <stdbool.h>
#include <stdint.h>

/** Most packets of a burst, as in testpmd. */
#define FWD_MAX_BURST 512

struct fwd_stream;

#define FWD_RECEIVES  0x1u  /**< takes packets from a receive queue */
#define FWD_TRANSMITS 0x2u  /**< gives packets to a transmit queue */
#define FWD_ALLOCATES 0x4u  /**< gets mbufs itself and measures that */
#define FWD_ECHOES    0x8u  /**< sends where it receives, and not to the other port of a pair */
#define FWD_STAGES    0x10u /**< one stream receives, another sends: two lcores */

struct fwd_engine {
	const char *name;
	const char *meaning;
	unsigned int does; /**< FWD_RECEIVES | ... */
	/**
	 * Move at most one burst. Called in a loop by the one lcore that owns the
	 * stream; makes no system call and waits for nothing.
	 */
	void (*run)(struct fwd_stream *stream);
	/**
	 * Make stream->state, before any lcore runs; NULL: no state.
	 *
	 * @param streams
	 *   The stream; with FWD_STAGES, the one that receives and the one that sends.
	 * @param hold_ms
	 *   Milliseconds to keep a packet, in modes that do.
	 * @return
	 *   0, or -1 when there is no memory for it (nothing was printed).
	 */
	int (*begin)(struct fwd_stream **streams, uint32_t hold_ms);
	/** Free stream->state and all packets in it, after every lcore has stopped; NULL: no state.
	 */
	void (*end)(struct fwd_stream **streams);
};

extern const struct fwd_engine fwd_engine_io;
extern const struct fwd_engine fwd_engine_mac;
extern const struct fwd_engine fwd_engine_macswap;
extern const struct fwd_engine fwd_engine_rxonly;
extern const struct fwd_engine fwd_engine_txonly;
extern const struct fwd_engine fwd_engine_flowgen;
extern const struct fwd_engine fwd_engine_icmpecho;
extern const struct fwd_engine fwd_engine_csum;
extern const struct fwd_engine fwd_engine_5tswap;
extern const struct fwd_engine fwd_engine_hold;
extern const struct fwd_engine fwd_engine_alloc;
extern const struct fwd_engine fwd_engine_pipeline;

/** Does the mode use a transmit queue for each receive queue? */
static inline bool
fwd_engine_forwards(const struct fwd_engine *engine)
{
	const unsigned int both = FWD_RECEIVES | FWD_TRANSMITS;

	return (engine->does & both) == both;
}

/** Does the mode use no port at all? */
static inline bool
fwd_engine_portless(const struct fwd_engine *engine)
{
	return (engine->does & (FWD_RECEIVES | FWD_TRANSMITS)) == 0;
}

/** Does the mode send on all that it receives, so that a loop of ports stays full? */
static inline bool
fwd_engine_keeps(const struct fwd_engine *engine)
{
	return fwd_engine_forwards(engine) && (engine->does & (FWD_ALLOCATES | FWD_ECHOES)) == 0;
}

#endif /* FWD_ENGINE_H */

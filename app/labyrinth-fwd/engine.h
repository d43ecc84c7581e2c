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
#include <stddef.h>

/** Most packets of a burst, as in testpmd. */
#define FWD_MAX_BURST 512

struct fwd_stream;

#define FWD_RECEIVES  0x1u /**< takes packets from a receive queue */
#define FWD_TRANSMITS 0x2u /**< gives packets to a transmit queue */
#define FWD_ALLOCATES 0x4u /**< gets mbufs itself and measures that */

struct fwd_engine {
	const char *name;
	const char *meaning;
	unsigned int does; /**< FWD_RECEIVES | ... */
	/**
	 * Move at most one burst. Called in a loop by the one lcore that owns the
	 * stream; makes no system call and waits for nothing.
	 */
	void (*run)(struct fwd_stream *stream);
};

extern const struct fwd_engine fwd_engine_io;
extern const struct fwd_engine fwd_engine_mac;
extern const struct fwd_engine fwd_engine_macswap;
extern const struct fwd_engine fwd_engine_rxonly;
extern const struct fwd_engine fwd_engine_txonly;

/** The mode of that name, or NULL. */
const struct fwd_engine *
fwd_engine_find(const char *name);

/** Write all names, separated by commas; cut off when size is too small. */
void
fwd_engine_names(char *names, size_t size);

/** Print a line for each mode. */
void
fwd_engine_help(void);

/** Does the mode send what it receives? */
static inline bool
fwd_engine_forwards(const struct fwd_engine *engine)
{
	const unsigned int both = FWD_RECEIVES | FWD_TRANSMITS;

	return (engine->does & both) == both;
}

#endif /* FWD_ENGINE_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_STREAMS_H
#define FWD_STREAMS_H

/**
 * @file
 * All streams of a run: one for each queue, two in modes of two stages.
 */

#include "engine.h"
#include "options.h"
#include "pools.h"
#include "ports.h"
#include "stream.h"

struct fwd_streams {
	const struct fwd_engine *engine;
	unsigned int nb;
	struct fwd_stream **stream;
};

/** How many streams there will be. */
unsigned int
fwd_streams_count(const struct fwd_options *options, const struct fwd_ports *ports);

/**
 * Make the streams and what the engine keeps in them.
 *
 * @return
 *   0, or -1 (one line was printed); fwd_streams_free() is due in both cases.
 */
int
fwd_streams_make(struct fwd_streams *streams, const struct fwd_options *options,
                 const struct fwd_ports *ports, const struct fwd_pools *pools);

/** Free all packets the engine keeps; counters stay. No lcore may run. May be called twice. */
void
fwd_streams_end(struct fwd_streams *streams);

/** End and free the streams. May be called twice. */
void
fwd_streams_free(struct fwd_streams *streams);

#endif /* FWD_STREAMS_H */

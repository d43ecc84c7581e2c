/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "engine.h"
#include "held.h"
#include "stream.h"

static void
run(struct fwd_stream *stream)
{
	struct fwd_burst *next;

	fwd_held_free(stream);
	next = fwd_held_next(stream);
	next->n = fwd_stream_receive(stream, next->packets);
	fwd_held_add(stream);
}

const struct fwd_engine fwd_engine_hold = {
	.name = "hold",
	.meaning = "free what is received only after a while (--hold-ms)",
	.does = FWD_RECEIVES,
	.run = run,
	.begin = fwd_held_begin,
	.end = fwd_held_end,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "engine.h"
#include "stream.h"

static void
run(struct fwd_stream *stream)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	uint16_t n = fwd_stream_receive(stream, packets);

	if (n > 0)
		fwd_stream_transmit(stream, packets, n);
}

const struct fwd_engine fwd_engine_io = {
	.name = "io",
	.meaning = "send what is received, untouched",
	.does = FWD_RECEIVES | FWD_TRANSMITS,
	.run = run,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "engine.h"
#include "packet.h"
#include "stream.h"

static void
run(struct fwd_stream *stream)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	uint16_t i;

	if (fwd_meter_get(stream->meter, stream->pool, (void **)packets, stream->burst) != 0)
		return;
	for (i = 0; i < stream->burst; i++)
		fwd_packet_fill(packets[i], &stream->own, &stream->peer, i);
	fwd_stream_transmit(stream, packets, stream->burst);
}

const struct fwd_engine fwd_engine_txonly = {
	.name = "txonly",
	.meaning = "send generated packets: Ethernet, IPv4, UDP, 64 bytes",
	.does = FWD_TRANSMITS | FWD_ALLOCATES,
	.run = run,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_ether.h>
#include <rte_prefetch.h>

#include "engine.h"
#include "stream.h"

static void
address(struct rte_mbuf *packet, const struct fwd_stream *stream)
{
	struct rte_ether_hdr *ether = rte_pktmbuf_mtod(packet, struct rte_ether_hdr *);

	ether->src_addr = stream->own;
	ether->dst_addr = stream->peer;
}

static void
run(struct fwd_stream *stream)
{
	fwd_stream_forward(stream, address);
}

const struct fwd_engine fwd_engine_mac = {
	.name = "mac",
	.meaning = "from the sending port's address to its peer's (--eth-peer)",
	.does = FWD_RECEIVES | FWD_TRANSMITS,
	.run = run,
};

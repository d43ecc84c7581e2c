/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_ether.h>
#include <rte_prefetch.h>

#include "engine.h"
#include "stream.h"

static void
swap(struct rte_mbuf *packet, const struct fwd_stream *stream)
{
	struct rte_ether_hdr *ether = rte_pktmbuf_mtod(packet, struct rte_ether_hdr *);
	struct rte_ether_addr src = ether->src_addr;

	RTE_SET_USED(stream);
	ether->src_addr = ether->dst_addr;
	ether->dst_addr = src;
}

static void
run(struct fwd_stream *stream)
{
	fwd_stream_forward(stream, swap);
}

const struct fwd_engine fwd_engine_macswap = {
	.name = "macswap",
	.meaning = "exchange source and destination address",
	.does = FWD_RECEIVES | FWD_TRANSMITS,
	.run = run,
};

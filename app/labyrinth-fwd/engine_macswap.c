/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_ether.h>
#include <rte_prefetch.h>

#include "engine.h"
#include "stream.h"

static void
run(struct fwd_stream *stream)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	uint16_t n = fwd_stream_receive(stream, packets);
	struct rte_ether_hdr *ether;
	struct rte_ether_addr src;
	uint16_t i;

	if (n == 0)
		return;
	for (i = 0; i < n; i++) {
		if (i + 1 < n)
			rte_prefetch0(rte_pktmbuf_mtod(packets[i + 1], void *));
		ether = rte_pktmbuf_mtod(packets[i], struct rte_ether_hdr *);
		src = ether->src_addr;
		ether->src_addr = ether->dst_addr;
		ether->dst_addr = src;
	}
	fwd_stream_transmit(stream, packets, n);
}

const struct fwd_engine fwd_engine_macswap = {
	.name = "macswap",
	.meaning = "exchange source and destination address",
	.does = FWD_RECEIVES | FWD_TRANSMITS,
	.run = run,
};

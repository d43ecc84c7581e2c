/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_byteorder.h>
#include <rte_ip.h>

#include "engine.h"
#include "packet.h"
#include "stream.h"

/* Flows of a stream, as testpmd's by default. */
#define FLOWS 1024u

/** Make the destination one of many, and the header's checksum right again. */
static void
set_flow(struct rte_mbuf *packet, uint32_t flow)
{
	struct fwd_headers headers;

	fwd_packet_headers(packet, &headers);
	headers.ip4->dst_addr =
		rte_cpu_to_be_32(rte_be_to_cpu_32(headers.ip4->dst_addr) + flow % FLOWS);
	headers.ip4->hdr_checksum = 0;
	headers.ip4->hdr_checksum = rte_ipv4_cksum(headers.ip4);
}

static void
run(struct fwd_stream *stream)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	uint16_t n = fwd_stream_receive(stream, packets);
	uint16_t i;

	if (n > 0)
		rte_pktmbuf_free_bulk(packets, n);
	if (fwd_meter_get(stream->meter, stream->pool, (void **)packets, stream->burst) != 0)
		return;
	for (i = 0; i < stream->burst; i++) {
		fwd_packet_fill(packets[i], &stream->own, &stream->peer, 0);
		set_flow(packets[i], (uint32_t)(stream->next + i));
	}
	stream->next += stream->burst;
	fwd_stream_transmit(stream, packets, stream->burst);
}

const struct fwd_engine fwd_engine_flowgen = {
	.name = "flowgen",
	.meaning = "send generated packets to 1024 IP addresses, free what is received",
	.does = FWD_RECEIVES | FWD_TRANSMITS | FWD_ALLOCATES,
	.run = run,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_ip.h>
#include <rte_prefetch.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "engine.h"
#include "packet.h"
#include "stream.h"

/** The sum over the pseudo header and all of TCP or UDP, in as many mbufs as it takes. */
static int
sum_l4(struct rte_mbuf *packet, const struct fwd_headers *headers, uint16_t *sum)
{
	uint32_t len, whole;
	uint16_t raw;

	if (headers->ip4 != NULL)
		len = (uint32_t)rte_be_to_cpu_16(headers->ip4->total_length) -
		      rte_ipv4_hdr_len(headers->ip4);
	else
		len = rte_be_to_cpu_16(headers->ip6->payload_len);
	/* A length beyond the packet's end is a broken packet's. */
	if (len > rte_pktmbuf_pkt_len(packet) - headers->l4_offset ||
	    rte_raw_cksum_mbuf(packet, headers->l4_offset, len, &raw) != 0)
		return -1;
	whole = raw;
	whole += headers->ip4 != NULL ? rte_ipv4_phdr_cksum(headers->ip4, 0)
	                              : rte_ipv6_phdr_cksum(headers->ip6, 0);
	whole = (whole & 0xffff) + (whole >> 16);
	*sum = (uint16_t) ~((whole & 0xffff) + (whole >> 16));
	return 0;
}

static bool
is_fragment(const struct fwd_headers *headers)
{
	const uint16_t mask = RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK;

	return headers->ip4 != NULL &&
	       (rte_be_to_cpu_16(headers->ip4->fragment_offset) & mask) != 0;
}

static void
set_l4(struct rte_mbuf *packet, const struct fwd_headers *headers)
{
	struct rte_udp_hdr *udp = headers->l4;
	struct rte_tcp_hdr *tcp = headers->l4;
	uint16_t sum;

	if (is_fragment(headers))
		return;
	if (headers->protocol == IPPROTO_UDP && headers->l4_room >= sizeof(*udp)) {
		/* Zero says that the sender computed none, which only IPv4 allows. */
		if (headers->ip4 != NULL && udp->dgram_cksum == 0)
			return;
		udp->dgram_cksum = 0;
		if (sum_l4(packet, headers, &sum) == 0)
			udp->dgram_cksum = sum != 0 ? sum : UINT16_MAX;
	} else if (headers->protocol == IPPROTO_TCP && headers->l4_room >= sizeof(*tcp)) {
		tcp->cksum = 0;
		if (sum_l4(packet, headers, &sum) == 0)
			tcp->cksum = sum;
	}
}

static void
refresh(struct rte_mbuf *packet, const struct fwd_stream *stream)
{
	struct fwd_headers headers;

	fwd_packet_headers(packet, &headers);
	if (headers.ether == NULL)
		return;
	headers.ether->src_addr = stream->own;
	headers.ether->dst_addr = stream->peer;
	if (headers.ip4 != NULL && headers.l4 != NULL) {
		headers.ip4->hdr_checksum = 0;
		headers.ip4->hdr_checksum = rte_ipv4_cksum(headers.ip4);
	}
	if (headers.l4 != NULL)
		set_l4(packet, &headers);
}

static void
run(struct fwd_stream *stream)
{
	fwd_stream_forward(stream, refresh);
}

const struct fwd_engine fwd_engine_csum = {
	.name = "csum",
	.meaning = "as mac, and compute the checksums of IPv4, UDP and TCP anew",
	.does = FWD_RECEIVES | FWD_TRANSMITS,
	.run = run,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include <rte_ip.h>
#include <rte_prefetch.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "engine.h"
#include "packet.h"
#include "stream.h"

/** TCP and UDP begin with the two ports. */
struct port_pair {
	rte_be16_t src;
	rte_be16_t dst;
};

#define SWAP(type, a, b)                 \
	do {                             \
		const type swap_a = (a); \
		(a) = (b);               \
		(b) = swap_a;            \
	} while (0)

static void
swap_ip6(struct rte_ipv6_hdr *ip)
{
	uint8_t src[sizeof(ip->src_addr)];

	/* Arrays or structures: newer DPDK has a type of its own for them. */
	memcpy(src, &ip->src_addr, sizeof(src));
	memcpy(&ip->src_addr, &ip->dst_addr, sizeof(src));
	memcpy(&ip->dst_addr, src, sizeof(src));
}

/** Exchanging what a checksum adds up leaves the sum as it is: none is computed. */
static void
swap(struct rte_mbuf *packet, const struct fwd_stream *stream)
{
	struct fwd_headers headers;
	struct port_pair *ports;

	RTE_SET_USED(stream);
	fwd_packet_headers(packet, &headers);
	if (headers.ether == NULL)
		return;
	SWAP(struct rte_ether_addr, headers.ether->src_addr, headers.ether->dst_addr);
	if (headers.ip4 != NULL)
		SWAP(rte_be32_t, headers.ip4->src_addr, headers.ip4->dst_addr);
	else if (headers.ip6 != NULL)
		swap_ip6(headers.ip6);
	if (headers.l4_room < sizeof(*ports) ||
	    (headers.protocol != IPPROTO_UDP && headers.protocol != IPPROTO_TCP))
		return;
	ports = headers.l4;
	SWAP(rte_be16_t, ports->src, ports->dst);
}

static void
run(struct fwd_stream *stream)
{
	fwd_stream_forward(stream, swap);
}

const struct fwd_engine fwd_engine_5tswap = {
	.name = "5tswap",
	.meaning = "exchange source and destination: addresses, IP addresses, ports",
	.does = FWD_RECEIVES | FWD_TRANSMITS,
	.run = run,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include <rte_arp.h>
#include <rte_byteorder.h>
#include <rte_icmp.h>
#include <rte_ip.h>

#include "engine.h"
#include "packet.h"
#include "stream.h"

/** Answer a question for an address with the port's own, whatever address it is. */
static bool
answer_arp(struct rte_mbuf *packet, struct fwd_headers *headers, const struct fwd_stream *stream)
{
	struct rte_arp_hdr *arp = headers->l3;
	rte_be32_t asked;

	if (arp == NULL ||
	    (char *)(arp + 1) > rte_pktmbuf_mtod_offset(packet, char *, packet->data_len) ||
	    arp->arp_opcode != RTE_BE16(RTE_ARP_OP_REQUEST))
		return false;
	headers->ether->dst_addr = headers->ether->src_addr;
	headers->ether->src_addr = stream->own;
	asked = arp->arp_data.arp_tip;
	arp->arp_opcode = RTE_BE16(RTE_ARP_OP_REPLY);
	arp->arp_data.arp_tha = arp->arp_data.arp_sha;
	arp->arp_data.arp_tip = arp->arp_data.arp_sip;
	arp->arp_data.arp_sha = stream->own;
	arp->arp_data.arp_sip = asked;
	return true;
}

/** The checksum after a byte of what it covers went from request to reply. */
static rte_be16_t
sum_of_reply(rte_be16_t sum)
{
	uint32_t n = rte_be_to_cpu_16(sum);

	n += (ICMP_ECHO - ICMP_ECHOREPLY) << 8;
	return rte_cpu_to_be_16((uint16_t)((n & 0xffff) + (n >> 16)));
}

static bool
answer_icmp(struct fwd_headers *headers)
{
	struct rte_icmp_hdr *icmp = headers->l4;
	const struct rte_ether_addr mac = headers->ether->src_addr;
	rte_be32_t ip;

	if (headers->ip4 == NULL || icmp == NULL || headers->protocol != IPPROTO_ICMP ||
	    headers->l4_room < sizeof(*icmp) || icmp->icmp_type != ICMP_ECHO ||
	    icmp->icmp_code != 0)
		return false;
	headers->ether->src_addr = headers->ether->dst_addr;
	headers->ether->dst_addr = mac;
	ip = headers->ip4->src_addr;
	headers->ip4->src_addr = headers->ip4->dst_addr;
	headers->ip4->dst_addr = ip;
	icmp->icmp_type = ICMP_ECHOREPLY;
	icmp->icmp_cksum = sum_of_reply(icmp->icmp_cksum);
	return true;
}

static void
run(struct fwd_stream *stream)
{
	struct rte_mbuf *packets[FWD_MAX_BURST], *others[FWD_MAX_BURST];
	uint16_t n = fwd_stream_receive(stream, packets);
	uint16_t i, replies = 0, nb_others = 0;
	struct fwd_headers headers;
	bool answered;

	for (i = 0; i < n; i++) {
		fwd_packet_headers(packets[i], &headers);
		answered = headers.ether_type == RTE_ETHER_TYPE_ARP
		                   ? answer_arp(packets[i], &headers, stream)
		                   : answer_icmp(&headers);
		if (answered)
			packets[replies++] = packets[i];
		else
			others[nb_others++] = packets[i];
	}
	if (nb_others > 0)
		rte_pktmbuf_free_bulk(others, nb_others);
	if (replies > 0)
		fwd_stream_transmit(stream, packets, replies);
}

const struct fwd_engine fwd_engine_icmpecho = {
	.name = "icmpecho",
	.meaning = "answer ARP requests and pings on the same port, free the rest",
	.does = FWD_RECEIVES | FWD_TRANSMITS | FWD_ECHOES,
	.run = run,
};

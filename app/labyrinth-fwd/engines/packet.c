/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <assert.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "packet.h"

#define FLOWS    64u
#define PORT_UDP 9u /* discard, as testpmd's */

#define ETHER_LEN sizeof(struct rte_ether_hdr)
#define IP_LEN    sizeof(struct rte_ipv4_hdr)
#define UDP_LEN   sizeof(struct rte_udp_hdr)

static_assert(ETHER_LEN + IP_LEN + UDP_LEN <= FWD_PACKET_LEN, "headers do not fit");

/* Of generated packets. */
static uint16_t length = FWD_PACKET_LEN;

void
fwd_packet_set_length(uint16_t bytes)
{
	length = bytes;
}

void
fwd_packet_fill(struct rte_mbuf *packet, const struct rte_ether_addr *src,
                const struct rte_ether_addr *dst, uint16_t flow)
{
	const struct rte_ether_hdr ether = {
		.src_addr = *src,
		.dst_addr = *dst,
		.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4),
	};
	struct rte_ipv4_hdr ip = {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16((uint16_t)(length - ETHER_LEN)),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		/* 198.18.0.1 and .2, of the block set aside for measurements. */
		.src_addr = RTE_BE32(0xc6120001),
		.dst_addr = RTE_BE32(0xc6120002),
	};
	const struct rte_udp_hdr udp = {
		.src_port = rte_cpu_to_be_16((uint16_t)(PORT_UDP + flow % FLOWS)),
		.dst_port = RTE_BE16(PORT_UDP),
		.dgram_len = rte_cpu_to_be_16((uint16_t)(length - ETHER_LEN - IP_LEN)),
	};
	char *data;

	ip.hdr_checksum = rte_ipv4_cksum(&ip);
	rte_pktmbuf_reset(packet);
	data = rte_pktmbuf_mtod(packet, char *);
	memset(data, 0, length);
	memcpy(data, &ether, ETHER_LEN);
	memcpy(data + ETHER_LEN, &ip, IP_LEN);
	memcpy(data + ETHER_LEN + IP_LEN, &udp, UDP_LEN);
	packet->data_len = length;
	packet->pkt_len = length;
	packet->l2_len = ETHER_LEN;
	packet->l3_len = IP_LEN;
}

/** A header of so many bytes at offset, or NULL when the first mbuf ends before. */
static void *
header_at(struct rte_mbuf *packet, unsigned int offset, size_t size)
{
	if (offset + size > rte_pktmbuf_data_len(packet))
		return NULL;
	return rte_pktmbuf_mtod_offset(packet, void *, offset);
}

static unsigned int
skip_tags(struct rte_mbuf *packet, struct fwd_headers *headers)
{
	unsigned int offset = ETHER_LEN;
	const struct rte_vlan_hdr *tag;

	headers->ether_type = rte_be_to_cpu_16(headers->ether->ether_type);
	while (headers->ether_type == RTE_ETHER_TYPE_VLAN ||
	       headers->ether_type == RTE_ETHER_TYPE_QINQ) {
		tag = header_at(packet, offset, sizeof(*tag));
		if (tag == NULL)
			break;
		headers->ether_type = rte_be_to_cpu_16(tag->eth_proto);
		offset += sizeof(*tag);
	}
	return offset;
}

static void
set_l4(struct rte_mbuf *packet, struct fwd_headers *headers, unsigned int offset, uint8_t protocol)
{
	headers->protocol = protocol;
	headers->l4 = header_at(packet, offset, 1);
	if (headers->l4 == NULL)
		return;
	headers->l4_offset = (uint16_t)offset;
	headers->l4_room = (uint16_t)(rte_pktmbuf_data_len(packet) - offset);
}

void
fwd_packet_headers(struct rte_mbuf *packet, struct fwd_headers *headers)
{
	unsigned int offset;
	uint16_t fragment;

	memset(headers, 0, sizeof(*headers));
	headers->ether = header_at(packet, 0, ETHER_LEN);
	if (headers->ether == NULL)
		return;
	offset = skip_tags(packet, headers);
	headers->l3 = header_at(packet, offset, 1);
	if (headers->ether_type == RTE_ETHER_TYPE_IPV4) {
		headers->ip4 = header_at(packet, offset, IP_LEN);
		if (headers->ip4 != NULL && rte_ipv4_hdr_len(headers->ip4) < IP_LEN)
			headers->ip4 = NULL;
		if (headers->ip4 == NULL)
			return;
		fragment = rte_be_to_cpu_16(headers->ip4->fragment_offset);
		if ((fragment & RTE_IPV4_HDR_OFFSET_MASK) == 0)
			set_l4(packet, headers, offset + rte_ipv4_hdr_len(headers->ip4),
			       headers->ip4->next_proto_id);
	} else if (headers->ether_type == RTE_ETHER_TYPE_IPV6) {
		headers->ip6 = header_at(packet, offset, sizeof(*headers->ip6));
		if (headers->ip6 != NULL)
			set_l4(packet, headers, offset + (unsigned int)sizeof(*headers->ip6),
			       headers->ip6->proto);
	}
}

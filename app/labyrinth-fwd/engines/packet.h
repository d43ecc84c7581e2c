/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_PACKET_H
#define FWD_PACKET_H

/**
 * @file
 * Generated packets: Ethernet, IPv4, UDP, 64 bytes without the frame check sequence.
 */

#include <stdint.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#define FWD_PACKET_LEN 64

/** Bytes of generated packets from now on, FWD_PACKET_LEN or more; no lcore may forward. */
void
fwd_packet_set_length(uint16_t bytes);

/** The least data room of mbufs that packets are made of. */
#define FWD_LEAST_ROOM (RTE_PKTMBUF_HEADROOM + FWD_PACKET_LEN)

/**
 * Turn an mbuf fresh from its pool into a packet.
 *
 * @param flow
 *   Low bits vary the source port, so that receive queues share the load.
 */
void
fwd_packet_fill(struct rte_mbuf *packet, const struct rte_ether_addr *src,
                const struct rte_ether_addr *dst, uint16_t flow);

/** Headers of a packet, as far as they lie in its first mbuf; the rest is NULL. */
struct fwd_headers {
	struct rte_ether_hdr *ether;
	struct rte_ipv4_hdr *ip4; /**< of a possible length */
	struct rte_ipv6_hdr *ip6; /**< without extension headers */
	void *l3;                 /**< behind Ethernet and VLAN tags, or NULL */
	void *l4;                 /**< behind IP, or NULL for what is no first fragment */
	uint16_t ether_type;      /**< behind VLAN tags, in CPU order */
	uint8_t protocol;         /**< of l4: IPPROTO_UDP, ... */
	uint16_t l4_offset;       /**< bytes before l4 */
	uint16_t l4_room;         /**< bytes of the first mbuf from l4 on */
};

/** Find the headers of a packet; whatever it holds, nothing outside of it is read. */
void
fwd_packet_headers(struct rte_mbuf *packet, struct fwd_headers *headers);

#endif /* FWD_PACKET_H */

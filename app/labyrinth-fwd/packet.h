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
#include <rte_mbuf.h>

#define FWD_PACKET_LEN 64

/**
 * Turn an mbuf fresh from its pool into a packet.
 *
 * @param flow
 *   Low bits vary the source port, so that receive queues share the load.
 */
void
fwd_packet_fill(struct rte_mbuf *packet, const struct rte_ether_addr *src,
                const struct rte_ether_addr *dst, uint16_t flow);

#endif /* FWD_PACKET_H */

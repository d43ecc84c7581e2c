/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_PACKETS_H
#define FWD_KIT_PACKETS_H

/**
 * @file
 * Packets that show whether they have come through whole.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_mbuf.h>

/**
 * Turn an mbuf fresh from its pool into a packet with a mark.
 *
 * @param turn
 *   Of which it is: what an earlier one has left in memory does not count.
 * @param id
 *   Of the packet.
 */
void
fwd_kit_packet_fill(struct rte_mbuf *packet, const struct rte_ether_addr *src,
                    const struct rte_ether_addr *dst, uint32_t turn, uint32_t id);

/** Is it a packet of this turn, and whole but for its MAC addresses? */
bool
fwd_kit_packet_intact(const struct rte_mbuf *packet, uint32_t turn);

#endif /* FWD_KIT_PACKETS_H */

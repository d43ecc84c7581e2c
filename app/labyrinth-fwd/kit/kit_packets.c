/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>
#include <string.h>

#include <rte_ip.h>
#include <rte_jhash.h>
#include <rte_udp.h>

#include "kit_packets.h"
#include "packet.h"

#define MAGIC 0x6c616279u

struct mark {
	uint32_t magic;
	uint32_t turn;
	uint32_t id;
	uint32_t sum; /* of all bytes before it but the MAC addresses, which a peer may change */
};

#define MARK_AT \
	(sizeof(struct rte_ether_hdr) + sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr))
#define SUM_FROM (2 * sizeof(struct rte_ether_addr))
#define SUM_LEN  (MARK_AT + offsetof(struct mark, sum) - SUM_FROM)

_Static_assert(MARK_AT + sizeof(struct mark) <= FWD_PACKET_LEN, "a mark fits into a packet");

static uint32_t
sum_of(const struct rte_mbuf *packet)
{
	return rte_jhash(rte_pktmbuf_mtod_offset(packet, const void *, SUM_FROM), SUM_LEN, MAGIC);
}

void
fwd_kit_packet_fill(struct rte_mbuf *packet, const struct rte_ether_addr *src,
                    const struct rte_ether_addr *dst, uint32_t turn, uint32_t id)
{
	struct mark mark = {.magic = MAGIC, .turn = turn, .id = id};
	char *at;

	fwd_packet_fill(packet, src, dst, (uint16_t)id);
	at = rte_pktmbuf_mtod_offset(packet, char *, MARK_AT);
	memcpy(at, &mark, sizeof(mark));
	mark.sum = sum_of(packet);
	memcpy(at, &mark, sizeof(mark));
}

bool
fwd_kit_packet_intact(const struct rte_mbuf *packet, uint32_t turn)
{
	struct mark mark;

	if (rte_pktmbuf_data_len(packet) < MARK_AT + sizeof(mark))
		return false;
	memcpy(&mark, rte_pktmbuf_mtod_offset(packet, const void *, MARK_AT), sizeof(mark));
	return mark.magic == MAGIC && mark.turn == turn && mark.sum == sum_of(packet);
}

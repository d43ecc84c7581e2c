/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Frames. Counters prove nothing: with memory no device may reach they rise all
 * the same, and stale bytes of an earlier frame look right. So every byte of a
 * frame derives from its phase and number, and no phase comes twice.
 */

#include <netinet/in.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "vmtest.h"

#define MAGIC   0x4d415a45u
#define LEN_MIN 60
#define LEN_MAX 1514
/* Flows that the frames of a phase belong to. */
#define FLOWS 64
/* For benchmarks: RFC 2544. */
#define NETWORK RTE_IPV4(198, 18, 0, 0)
#define PORT    1024

/* Which frame it is: behind the headers of Ethernet, IP and UDP. */
struct tag {
	uint32_t magic;
	uint32_t phase;
	uint32_t number;
};

#define IP_AT  sizeof(struct rte_ether_hdr)
#define UDP_AT (IP_AT + sizeof(struct rte_ipv4_hdr))
#define TAG_AT (UDP_AT + sizeof(struct rte_udp_hdr))
#define REST   (TAG_AT + sizeof(struct tag))

struct rte_ether_addr
vm_address(unsigned int port)
{
	/* Locally administered. */
	return (struct rte_ether_addr){{2, 0, 0, 0, 0, (uint8_t)port}};
}

static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint64_t
state_of(uint32_t phase, uint32_t number)
{
	return (uint64_t)phase << 32 | number;
}

static uint16_t
length(uint32_t phase, uint32_t number)
{
	uint64_t state = state_of(phase, number) ^ UINT64_MAX;

	return (uint16_t)(LEN_MIN + next(&state) % (LEN_MAX - LEN_MIN + 1));
}

/* UDP, so that there are flows to be told apart. */
static void
headers(uint8_t *to, uint16_t len, uint32_t phase, uint32_t number)
{
	struct rte_ether_hdr ether = {.dst_addr = vm_address(phase % 2),
	                              .src_addr = vm_address(1 - phase % 2),
	                              .ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4)};
	struct rte_ipv4_hdr ip = {.version_ihl = RTE_IPV4_VHL_DEF,
	                          .total_length = rte_cpu_to_be_16((uint16_t)(len - IP_AT)),
	                          .time_to_live = 64,
	                          .next_proto_id = IPPROTO_UDP,
	                          .src_addr = rte_cpu_to_be_32(NETWORK + 1 - phase % 2),
	                          .dst_addr = rte_cpu_to_be_32(NETWORK + phase % 2)};
	/* A checksum of 0: there is none. */
	struct rte_udp_hdr udp = {
		.src_port = rte_cpu_to_be_16((uint16_t)(PORT + number % FLOWS)),
		.dst_port = rte_cpu_to_be_16(PORT),
		.dgram_len = rte_cpu_to_be_16((uint16_t)(len - UDP_AT)),
	};

	ip.hdr_checksum = rte_ipv4_cksum(&ip);
	memcpy(to, &ether, sizeof(ether));
	memcpy(to + IP_AT, &ip, sizeof(ip));
	memcpy(to + UDP_AT, &udp, sizeof(udp));
}

static void
content(uint8_t *to, uint16_t len, uint32_t phase, uint32_t number)
{
	struct tag tag = {MAGIC, phase, number};
	uint64_t state = state_of(phase, number);
	size_t at;

	headers(to, len, phase, number);
	memcpy(to + TAG_AT, &tag, sizeof(tag));
	for (at = REST; at < len; at += sizeof(uint64_t)) {
		uint64_t word = next(&state);
		size_t left = len - at;

		memcpy(to + at, &word, left < sizeof(word) ? left : sizeof(word));
	}
}

int
vm_frame_fill(struct rte_mbuf *m, uint32_t phase, uint32_t number)
{
	uint16_t len = length(phase, number);
	char *to = rte_pktmbuf_append(m, len);

	if (to == NULL)
		return -1;
	content((uint8_t *)to, len, phase, number);
	return 0;
}

struct rte_mbuf *
vm_frame_make(struct rte_mempool *pool, uint32_t phase, uint32_t number)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	if (m == NULL)
		return NULL;
	if (vm_frame_fill(m, phase, number) == 0)
		return m;
	rte_pktmbuf_free(m);
	return NULL;
}

bool
vm_frame_intact(const struct rte_mbuf *m, uint32_t phase, uint32_t *number)
{
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);
	uint8_t want[LEN_MAX];
	struct tag tag;
	uint16_t len;

	if (m->nb_segs != 1 || m->data_len < LEN_MIN)
		return false;
	memcpy(&tag, data + TAG_AT, sizeof(tag));
	if (tag.magic != MAGIC || tag.phase != phase)
		return false;
	len = length(phase, tag.number);
	content(want, len, phase, tag.number);
	*number = tag.number;
	return m->data_len == len && memcmp(data, want, len) == 0;
}

bool
vm_frame_begins(const struct rte_mbuf *m, uint32_t phase, uint32_t number)
{
	uint16_t len = length(phase, number);
	uint8_t want[LEN_MAX];

	content(want, len, phase, number);
	return m->data_len >= len && memcmp(rte_pktmbuf_mtod(m, void *), want, len) == 0;
}

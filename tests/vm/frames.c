/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Frames. Counters prove nothing: with memory no device may reach they rise all
 * the same, and stale bytes of an earlier frame look right. So every byte of a
 * frame derives from its phase and number, and no phase comes twice.
 */

#include <string.h>

#include <rte_ether.h>

#include "vmtest.h"

#define MAGIC 0x4d415a45u
/* For local experiments: IEEE 802. */
#define ETHER_TYPE 0x88b5
#define LEN_MIN    60
#define LEN_MAX    1514

struct head {
	struct rte_ether_hdr ether;
	uint16_t pad;
	uint32_t magic;
	uint32_t phase;
	uint32_t number;
};

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

static void
content(uint8_t *to, uint16_t len, uint32_t phase, uint32_t number)
{
	struct head head = {
		.ether = {{{2, 0, 0, 0, 0, 1}}, {{2, 0, 0, 0, 0, 2}}, rte_cpu_to_be_16(ETHER_TYPE)},
		.magic = MAGIC,
		.phase = phase,
		.number = number,
	};
	uint64_t state = state_of(phase, number);
	size_t at;

	memcpy(to, &head, sizeof(head));
	for (at = sizeof(head); at < len; at += sizeof(uint64_t)) {
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
	struct head head;
	uint16_t len;

	if (m->nb_segs != 1 || m->data_len < LEN_MIN)
		return false;
	memcpy(&head, data, sizeof(head));
	if (head.magic != MAGIC || head.phase != phase)
		return false;
	len = length(phase, head.number);
	content(want, len, phase, head.number);
	*number = head.number;
	return m->data_len == len && memcmp(data, want, len) == 0;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The mbuf in a frame as a report shows it. It may have been overwritten: no
 * pointer in it is followed unless it leads into the frame itself.
 */

#include <inttypes.h>
#include <stdio.h>

#include <rte_mbuf.h>

#include "labyrinth_log.h"
#include "labyrinth_report_text.h"

#define PACKET_BYTES 32
#define FLAGS_LEN    256

static const char *
kind_of(const struct rte_mbuf *m)
{
	if (RTE_MBUF_CLONED(m))
		return "a clone of another buffer's data";
	if (RTE_MBUF_HAS_EXTBUF(m))
		return "with an external buffer";
	return m->nb_segs > 1 ? "first of several segments" : "with its own data";
}

static void
tell_packet(const struct rte_mbuf *m, const void *frame, size_t frame_len)
{
	const uint8_t *data = (const uint8_t *)m->buf_addr + m->data_off;
	size_t left = frame_len - (size_t)(data - (const uint8_t *)frame);
	char text[PACKET_BYTES * 3 + 1] = "";
	size_t n = RTE_MIN((size_t)PACKET_BYTES, left);
	size_t i;

	n = m->data_len > 0 && m->data_len < n ? m->data_len : n;
	for (i = 0; i < n; i++)
		snprintf(text + 3 * i, sizeof(text) - 3 * i, " %02x", data[i]);
	LAB_LOG(CRIT, "  packet begins:%s", text);
}

static void
tell_flags(uint64_t ol_flags)
{
	char rx[FLAGS_LEN] = "";
	char tx[FLAGS_LEN] = "";

	if (ol_flags == 0)
		return;
	(void)rte_get_rx_ol_flag_list(ol_flags, rx, sizeof(rx));
	(void)rte_get_tx_ol_flag_list(ol_flags, tx, sizeof(tx));
	LAB_LOG(CRIT, "  its flags: %s%s", rx, tx);
}

void
labyrinth_tell_mbuf(const struct rte_mempool *mp, const void *frame, size_t frame_len)
{
	const struct rte_mbuf *m = frame;
	uintptr_t data;

	if (frame == NULL || !labyrinth_pool_has_mbufs(mp))
		return;
	LAB_LOG(CRIT,
	        "  mbuf: port %u, pkt_len %" PRIu32
	        ", data_len %u, data_off %u, refcnt %u, nb_segs %u, "
	        "next %p, ol_flags 0x%" PRIx64 "; %s",
	        m->port, m->pkt_len, m->data_len, m->data_off, rte_mbuf_refcnt_read(m), m->nb_segs,
	        (const void *)m->next, m->ol_flags, kind_of(m));
	tell_flags(m->ol_flags);
	if (m->pool != mp)
		LAB_LOG(CRIT, "  its field pool is %p and not this pool, %p: it was overwritten",
		        (const void *)m->pool, (const void *)mp);
	data = (uintptr_t)m->buf_addr + m->data_off - (uintptr_t)frame;
	if (data < frame_len)
		tell_packet(m, frame, frame_len);
	else
		LAB_LOG(CRIT, "  its data is elsewhere: buf_addr %p", m->buf_addr);
}

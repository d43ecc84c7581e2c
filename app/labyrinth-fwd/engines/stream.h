/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_STREAM_H
#define FWD_STREAM_H

/**
 * @file
 * What one engine works on: a receive queue, a transmit queue, or both.
 * A stream belongs to one lcore, so its queues need no lock.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "app_counter.h"
#include "meter.h"

/** Counters of streams added up. */
struct fwd_sums {
	uint64_t rx_packets;
	uint64_t tx_packets;
	uint64_t tx_drops;
};

struct __rte_cache_aligned fwd_stream {
	uint16_t rx_port;
	uint16_t rx_queue;
	uint16_t tx_port;
	uint16_t tx_queue;
	uint16_t sharers;           /**< streams of the same pool, this one included */
	uint16_t burst;             /**< packets of a burst, at most FWD_MAX_BURST */
	struct rte_ether_addr own;  /**< address of tx_port */
	struct rte_ether_addr peer; /**< where tx_port sends to, in modes that set it */
	struct rte_mempool *pool;   /**< where packets come from, in modes that make them */
	struct fwd_meter *meter;    /**< of the lcore */
	bool receives;              /**< with FWD_STAGES: the first stage */
	void *state;                /**< of the engine */
	uint64_t next;              /**< number of the next packet the engine makes */
	atomic_bool off;            /**< a port of it is gone: the lcore passes it by */

	struct app_counter rx_packets;
	struct app_counter tx_packets;
	struct app_counter tx_drops; /**< packets the transmit queue had no room for */
	struct fwd_sums cleared;     /**< the counters when they were last cleared */
};

/** Receive at most a burst and count it. */
static inline uint16_t
fwd_stream_receive(struct fwd_stream *stream, struct rte_mbuf **packets)
{
	uint16_t n;

	n = rte_eth_rx_burst(stream->rx_port, stream->rx_queue, packets, stream->burst);
	if (n > 0)
		app_counter_add(&stream->rx_packets, n);
	return n;
}

/** Send and count; what does not fit into the queue is counted and freed. */
static inline void
fwd_stream_transmit(struct fwd_stream *stream, struct rte_mbuf **packets, uint16_t n)
{
	uint16_t sent = rte_eth_tx_burst(stream->tx_port, stream->tx_queue, packets, n);

	app_counter_add(&stream->tx_packets, sent);
	if (unlikely(sent < n)) {
		app_counter_add(&stream->tx_drops, n - sent);
		rte_pktmbuf_free_bulk(&packets[sent], n - sent);
	}
}

/** What an engine does to every packet that passes through. */
typedef void (*fwd_stream_change)(struct rte_mbuf *packet, const struct fwd_stream *stream);

/** Receive a burst, change each packet and send it. */
static __rte_always_inline void
fwd_stream_forward(struct fwd_stream *stream, fwd_stream_change change)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	uint16_t n = fwd_stream_receive(stream, packets);
	uint16_t i;

	if (n == 0)
		return;
	for (i = 0; i < n; i++) {
		if (i + 1 < n)
			rte_prefetch0(rte_pktmbuf_mtod(packets[i + 1], void *));
		change(packets[i], stream);
	}
	fwd_stream_transmit(stream, packets, n);
}

/** Let a packet fall that could not be handed on, and count it as dropped. */
static inline void
fwd_stream_drop(struct fwd_stream *stream, struct rte_mbuf **packets, uint16_t n)
{
	if (n == 0)
		return;
	app_counter_add(&stream->tx_drops, n);
	rte_pktmbuf_free_bulk(packets, n);
}

#endif /* FWD_STREAM_H */

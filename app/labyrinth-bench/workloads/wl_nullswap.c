/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_mbuf.h>

#include "null_port.h"
#include "workload.h"

/** Swap the addresses of a packet; the flags of what it was received with must go. */
static void
swap(struct rte_mbuf *packet)
{
	struct rte_ether_hdr *header = rte_pktmbuf_mtod(packet, struct rte_ether_hdr *);
	struct rte_ether_addr source;

	rte_ether_addr_copy(&header->src_addr, &source);
	rte_ether_addr_copy(&header->dst_addr, &header->src_addr);
	rte_ether_addr_copy(&source, &header->dst_addr);
	packet->ol_flags &= RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
	packet->l2_len = sizeof(struct rte_ether_hdr);
	packet->l3_len = sizeof(uint32_t) * 5;
}

/** What testpmd does in mode macswap: as io, with a look into every packet. */
static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	struct rte_mbuf **burst = (struct rte_mbuf **)worker->objects;
	const uint16_t port = bench_null_port(worker);
	uint64_t i, done = 0;
	uint16_t n, sent, p;

	for (i = 0; i < iterations; i++) {
		n = rte_eth_rx_burst(port, 0, burst, (uint16_t)worker->cell->bulk);
		if (n == 0 && !bench_worker_retry(worker))
			break;
		for (p = 0; p < n; p++) {
			if (p + 1 < n)
				rte_prefetch0(rte_pktmbuf_mtod(burst[p + 1], void *));
			swap(burst[p]);
		}
		sent = rte_eth_tx_burst(port, 0, burst, n);
		done += sent;
		if (sent < n)
			rte_pktmbuf_free_bulk(burst + sent, n - sent);
	}
	return done;
}

const struct bench_workload bench_nullswap = {
	.name = "nullswap",
	.meaning = "the same in mode macswap",
	.flags = BENCH_ALONE | BENCH_MBUFS,
	.patience = 1,
	.prepare = bench_null_prepare,
	.iterate = iterate,
	.finish = bench_null_finish,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "null_port.h"
#include "workload.h"

/** What testpmd does in mode io: receive a burst, send it. */
static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	struct rte_mbuf **burst = (struct rte_mbuf **)worker->objects;
	const uint16_t port = bench_null_port(worker);
	uint64_t i, done = 0;
	uint16_t n, sent;

	for (i = 0; i < iterations; i++) {
		n = rte_eth_rx_burst(port, 0, burst, (uint16_t)worker->cell->bulk);
		if (n == 0 && !bench_worker_retry(worker))
			break;
		sent = rte_eth_tx_burst(port, 0, burst, n);
		done += sent;
		if (sent < n)
			rte_pktmbuf_free_bulk(burst + sent, n - sent);
	}
	return done;
}

const struct bench_workload bench_nullio = {
	.name = "nullio",
	.meaning = "forward as testpmd in mode io does, over net_null (cycles per packet)",
	.flags = BENCH_ALONE | BENCH_MBUFS,
	.patience = 1,
	.prepare = bench_null_prepare,
	.iterate = iterate,
	.finish = bench_null_finish,
};

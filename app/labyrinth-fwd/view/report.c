/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_mempool_labyrinth.h>

#include "report.h"

static void
add(struct fwd_sums *sums, const struct fwd_stream *stream, bool rx, bool tx)
{
	if (rx)
		sums->rx_packets +=
			app_counter_read(&stream->rx_packets) - stream->cleared.rx_packets;
	if (!tx)
		return;
	sums->tx_packets += app_counter_read(&stream->tx_packets) - stream->cleared.tx_packets;
	sums->tx_drops += app_counter_read(&stream->tx_drops) - stream->cleared.tx_drops;
}

struct fwd_sums
fwd_sums_of_port(const struct fwd_lcores *lcores, uint16_t port)
{
	struct fwd_sums sums = {0};
	unsigned int i;

	for (i = 0; i < lcores->streams.nb; i++) {
		const struct fwd_stream *stream = lcores->streams.stream[i];

		add(&sums, stream, stream->rx_port == port, stream->tx_port == port);
	}
	return sums;
}

struct fwd_sums
fwd_sums_of_lcore(const struct fwd_lcore *lcore)
{
	struct fwd_sums sums = {0};
	unsigned int i;

	for (i = 0; i < lcore->nb_streams; i++)
		add(&sums, lcore->streams[i], true, true);
	return sums;
}

const char *
fwd_report_link(const struct fwd_port *port)
{
	struct rte_eth_link link;

	if (port->gone)
		return "gone";
	memset(&link, 0, sizeof(link));
	if (rte_eth_link_get_nowait(port->id, &link) != 0)
		return "?";
	return link.link_status == RTE_ETH_LINK_UP ? "up" : "down";
}

uint64_t
fwd_report_violations(const struct fwd_lcore *lcore)
{
	return atomic_load_explicit(&lcore->violations, memory_order_relaxed) +
	       atomic_load_explicit(&lcore->lockdown.refused, memory_order_relaxed);
}

static void
print_stream(const struct fwd_stream *stream, const struct fwd_engine *engine)
{
	const bool stages = (engine->does & FWD_STAGES) != 0;

	if ((engine->does & FWD_RECEIVES) != 0 && (!stages || stream->receives))
		printf(" from port %u queue %u", stream->rx_port, stream->rx_queue);
	if (stages)
		printf(stream->receives ? " into a ring" : " from a ring");
	if ((engine->does & FWD_TRANSMITS) != 0 && (!stages || !stream->receives))
		printf(" to port %u queue %u", stream->tx_port, stream->tx_queue);
	if (fwd_engine_portless(engine))
		printf(" from pool %s and back", stream->pool->name);
}

static void
print_pool(const struct fwd_pool *pool)
{
	struct rte_labyrinth_info info;

	printf("pool %s: %s, %u mbufs of %u bytes, socket %u, cache %u", pool->mp->name,
	       rte_mempool_get_ops(pool->mp->ops_index)->name, pool->mp->size,
	       rte_pktmbuf_data_room_size(pool->mp), pool->socket, pool->mp->cache_size);
	if (rte_labyrinth_info_get(pool->mp, &info) == 0)
		printf(", backing %s, profile %s",
		       info.backing == RTE_LABYRINTH_BACKING_MAZE  ? "maze"
		       : info.backing == RTE_LABYRINTH_BACKING_EAL ? "eal"
		                                                   : "none",
		       info.profile);
	printf("\n");
}

void
fwd_report_setup(const struct fwd_view *view)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE];
	const struct fwd_engine *engine = view->lcores->streams.engine;
	unsigned int i, j;

	printf("mode %s: %s\n", engine->name, engine->meaning);
	for (i = 0; i < view->ports->nb; i++) {
		const struct fwd_port *port = &view->ports->port[i];

		rte_ether_format_addr(mac, sizeof(mac), &port->own);
		printf("port %u: %s (%s), %s, socket %u, %u x %u rx, %u x %u tx descriptors\n",
		       port->id, port->name, port->driver, mac, port->socket, view->options->rxq,
		       port->rxd, view->options->txq, port->txd);
	}
	for (i = 0; i < view->pools->nb; i++)
		print_pool(&view->pools->pool[i]);
	for (i = 0; i < view->lcores->nb; i++) {
		const struct fwd_lcore *lcore = view->lcores->lcore[i];

		printf("lcore %u:", lcore->id);
		for (j = 0; j < lcore->nb_streams; j++) {
			printf("%s", j > 0 ? ";" : "");
			print_stream(lcore->streams[j], engine);
		}
		printf("\n");
	}
	fflush(stdout);
}

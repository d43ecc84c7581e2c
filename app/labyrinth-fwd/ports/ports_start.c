/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdatomic.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>

#include "app_message.h"
#include "ports.h"
#include "stop.h"

static _Atomic uint64_t gone;

static int
refused(const struct fwd_port *port, const char *step, int ret)
{
	app_error("port %u (%s, %s): %s: %s", port->id, port->name, port->driver, step,
	          rte_strerror(-ret));
	return -1;
}

/** How packets are spread over queues: what is asked for, as far as the driver can. */
static void
choose_rss(const struct fwd_port *port, const struct rte_eth_dev_info *info,
           const struct fwd_options *o, struct rte_eth_conf *conf)
{
	const uint64_t wanted = o->rss != 0 ? o->rss : RTE_ETH_RSS_IP;
	const uint64_t possible = wanted & info->flow_type_rss_offloads;

	if (o->rxq <= 1)
		return;
	conf->rx_adv_conf.rss_conf.rss_hf = possible;
	if (possible != 0)
		conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	else if (o->rss != 0)
		app_notice("port %u (%s): its driver lists no such RSS: going on as it spreads by "
		           "itself",
		           port->id, port->name);
}

/** Virtual drivers often scatter and gather all the same, without listing it. */
static void
choose_scatter(const struct fwd_port *port, const struct rte_eth_dev_info *info,
               const struct fwd_options *o, struct rte_eth_conf *conf)
{
	if (!o->scatter)
		return;
	if ((info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) != 0)
		conf->rxmode.offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
	else
		app_notice("port %u (%s): its driver lists no scattered receive: going on without "
		           "asking for it",
		           port->id, port->name);
	conf->txmode.offloads |= info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
}

static int
configure(struct fwd_port *port, const struct fwd_options *o)
{
	struct rte_eth_conf conf;
	struct rte_eth_dev_info info;
	uint16_t mtu = 0;
	int ret = rte_eth_dev_info_get(port->id, &info);

	if (ret != 0)
		return refused(port, "asking for its features", ret);
	memset(&conf, 0, sizeof(conf));
	choose_rss(port, &info, o, &conf);
	choose_scatter(port, &info, o, &conf);
	if (o->max_pkt_len != 0)
		mtu = (uint16_t)(o->max_pkt_len - RTE_ETHER_HDR_LEN - RTE_ETHER_CRC_LEN);
	conf.rxmode.mtu = mtu;
	ret = rte_eth_dev_configure(port->id, (uint16_t)o->rxq, (uint16_t)o->txq, &conf);
	if (ret != 0)
		return refused(port, "configuring its queues", ret);
	port->configured = true;
	ret = mtu != 0 ? rte_eth_dev_set_mtu(port->id, mtu) : 0;
	if (ret != 0 && ret != -ENOTSUP)
		return refused(port, "setting its MTU (--max-pkt-len)", ret);
	return 0;
}

static int
start_one(struct fwd_port *port, const struct fwd_options *o, struct rte_mempool *pool)
{
	uint32_t q;
	int ret;

	if (configure(port, o) != 0)
		return -1;
	for (q = 0; q < o->rxq; q++) {
		ret = rte_eth_rx_queue_setup(port->id, (uint16_t)q, port->rxd, port->socket, NULL,
		                             pool);
		if (ret != 0)
			return refused(port, "setting up a receive queue", ret);
	}
	for (q = 0; q < o->txq; q++) {
		ret = rte_eth_tx_queue_setup(port->id, (uint16_t)q, port->txd, port->socket, NULL);
		if (ret != 0)
			return refused(port, "setting up a transmit queue", ret);
	}
	ret = rte_eth_dev_start(port->id);
	if (ret != 0)
		return refused(port, "starting it", ret);
	port->started = true;
	ret = rte_eth_promiscuous_enable(port->id);
	if (ret != 0 && ret != -ENOTSUP)
		return refused(port, "making it promiscuous", ret);
	return 0;
}

int
fwd_ports_start_one(struct fwd_ports *ports, unsigned int index, const struct fwd_options *options,
                    const struct fwd_pools *pools)
{
	struct fwd_port *port = &ports->port[index];

	if (port->started || port->gone)
		return 0;
	return start_one(port, options, fwd_pools_of_port(pools, index, port->socket));
}

int
fwd_ports_start(struct fwd_ports *ports, const struct fwd_options *options,
                const struct fwd_pools *pools)
{
	unsigned int i;

	for (i = 0; i < ports->nb; i++)
		if (fwd_ports_start_one(ports, i, options, pools) != 0)
			return -1;
	return 0;
}

int
fwd_ports_stop_one(struct fwd_port *port)
{
	int ret = port->started ? rte_eth_dev_stop(port->id) : 0;

	port->started = false;
	return ret != 0 ? refused(port, "stopping it", ret) : 0;
}

int
fwd_ports_stop(struct fwd_ports *ports)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ports->nb; i++)
		if (fwd_ports_stop_one(&ports->port[i]) != 0)
			ret = -1;
	return ret;
}

static void
close_one(struct fwd_port *port)
{
	int ret = port->configured ? rte_eth_dev_close(port->id) : 0;

	if (ret != 0)
		refused(port, "closing it", ret);
	port->configured = false;
}

void
fwd_ports_close(struct fwd_ports *ports)
{
	unsigned int i;

	fwd_ports_stop(ports);
	for (i = 0; i < ports->nb; i++)
		close_one(&ports->port[i]);
}

void
fwd_ports_give_up(struct fwd_port *port)
{
	fwd_ports_stop_one(port);
	close_one(port);
	port->gone = true;
}

/** Called by a thread of EAL's: the port must not be closed in here. */
static int
on_removed(uint16_t port, enum rte_eth_event_type type, void *arg, void *result)
{
	(void)type;
	(void)arg;
	(void)result;
	if (port < FWD_MAX_PORTS) {
		atomic_fetch_or(&gone, UINT64_C(1) << port);
		fwd_stop_wake();
	}
	return 0;
}

int
fwd_ports_watch(void)
{
	int ret = rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_INTR_RMV, on_removed,
	                                        NULL);

	if (ret != 0)
		app_error("cannot watch for ports that go away: %s", rte_strerror(-ret));
	return ret != 0 ? -1 : 0;
}

uint64_t
fwd_ports_gone(void)
{
	return atomic_exchange(&gone, 0);
}

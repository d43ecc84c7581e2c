/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "app_clock.h"
#include "app_message.h"
#include "commands_show.h"

static void
head(const char *what, const struct fwd_port *port)
{
	printf("\n########## %s of port %u (%s) ##########\n", what, port->id, port->name);
}

static void
print_link(const struct fwd_port *port)
{
	struct rte_eth_link link;

	memset(&link, 0, sizeof(link));
	if (rte_eth_link_get_nowait(port->id, &link) != 0)
		return;
	printf("Link status: %s\n", link.link_status == RTE_ETH_LINK_UP ? "up" : "down");
	if (link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		printf("Link speed: unknown\n");
	else
		printf("Link speed: %u Mbps\n", link.link_speed);
	printf("Link duplex: %s\n",
	       link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX ? "full-duplex" : "half-duplex");
}

static int
show_info(const struct fwd_session *session, const struct fwd_port *port)
{
	const struct fwd_options *o = session->options;
	char mac[RTE_ETHER_ADDR_FMT_SIZE];
	struct rte_eth_dev_info info;
	int ret = rte_eth_dev_info_get(port->id, &info);
	uint16_t mtu = 0;

	if (ret != 0)
		return fwd_port_error(port, "no info", ret);
	rte_ether_format_addr(mac, sizeof(mac), &port->own);
	rte_eth_dev_get_mtu(port->id, &mtu);
	head("Info", port);
	printf("MAC address: %s\n", mac);
	printf("Device name: %s\n", port->name);
	printf("Driver name: %s\n", port->driver);
	printf("Socket: %u\n", port->socket);
	print_link(port);
	printf("MTU: %u, at most %u\n", mtu, info.max_mtu);
	printf("Promiscuous mode: %s\n",
	       rte_eth_promiscuous_get(port->id) == 1 ? "enabled" : "disabled");
	printf("State: %s\n", port->gone ? "gone" : port->started ? "started" : "stopped");
	printf("RX queues: %u of at most %u, %u descriptors\n", o->rxq, info.max_rx_queues,
	       port->rxd);
	printf("TX queues: %u of at most %u, %u descriptors\n", o->txq, info.max_tx_queues,
	       port->txd);
	printf("RSS offloads: 0x%" PRIx64 "\n", info.flow_type_rss_offloads);
	printf("Mbuf size: %u\n", port->mbuf_size);
	return 0;
}

/** Packets per second of each port since it was last asked for. */
struct before {
	double seconds;
	uint64_t rx;
	uint64_t tx;
};

static struct before before[FWD_MAX_PORTS];

static void
print_rates(const struct fwd_port *port, const struct rte_eth_stats *stats)
{
	struct before *last = &before[port->id];
	const double seconds = app_seconds();
	double past = seconds - last->seconds;

	/* Cleared meanwhile: as if it had never been asked for. */
	if (last->seconds == 0 || stats->ipackets < last->rx || stats->opackets < last->tx)
		past = 0;
	printf("Rx-pps: %12.0f\nTx-pps: %12.0f (since the last look)\n",
	       past > 0 ? (double)(stats->ipackets - last->rx) / past : 0,
	       past > 0 ? (double)(stats->opackets - last->tx) / past : 0);
	*last = (struct before){seconds, stats->ipackets, stats->opackets};
}

static int
show_stats(const struct fwd_port *port)
{
	struct rte_eth_stats stats;
	int ret = rte_eth_stats_get(port->id, &stats);

	if (ret != 0)
		return fwd_port_error(port, "no stats", ret);
	head("Stats", port);
	printf("RX-packets: %-10" PRIu64 " RX-missed: %-10" PRIu64 " RX-bytes: %" PRIu64 "\n",
	       stats.ipackets, stats.imissed, stats.ibytes);
	printf("RX-errors: %" PRIu64 "\nRX-nombuf: %" PRIu64 "\n", stats.ierrors, stats.rx_nombuf);
	printf("TX-packets: %-10" PRIu64 " TX-errors: %-10" PRIu64 " TX-bytes: %" PRIu64 "\n",
	       stats.opackets, stats.oerrors, stats.obytes);
	print_rates(port, &stats);
	return 0;
}

static int
show_xstats(const struct fwd_port *port)
{
	int nb = rte_eth_xstats_get_names(port->id, NULL, 0), ret = -ENOMEM, i;
	struct rte_eth_xstat_name *names;
	struct rte_eth_xstat *values;

	if (nb < 0)
		return fwd_port_error(port, "no xstats", nb);
	names = calloc((size_t)nb + 1, sizeof(*names));
	values = calloc((size_t)nb + 1, sizeof(*values));
	if (names != NULL && values != NULL) {
		ret = rte_eth_xstats_get_names(port->id, names, (unsigned int)nb);
		if (ret >= 0)
			ret = rte_eth_xstats_get(port->id, values, (unsigned int)nb);
	}
	if (ret >= 0)
		head("Extended stats", port);
	for (i = 0; i < ret && i < nb; i++)
		printf("%s: %" PRIu64 "\n", names[values[i].id].name, values[i].value);
	free(names);
	free(values);
	return ret < 0 ? fwd_port_error(port, "no xstats", ret) : 0;
}

int
fwd_show_port(struct fwd_session *session, struct fwd_port *port, const char *what)
{
	if (port->gone) {
		app_error("port %u (%s) is gone", port->id, port->name);
		return -1;
	}
	if (strcmp(what, "info") == 0)
		return show_info(session, port);
	if (strcmp(what, "stats") == 0)
		return show_stats(port);
	if (strcmp(what, "xstats") == 0)
		return show_xstats(port);
	if (strcmp(what, "rss-hash") == 0)
		return fwd_show_rss(port);
	app_error("show port %s: give info, stats, xstats, rss-hash or summary", what);
	return -1;
}

int
fwd_clear_port(struct fwd_port *port, const char *what)
{
	int ret;

	if (strcmp(what, "stats") == 0)
		ret = rte_eth_stats_reset(port->id);
	else if (strcmp(what, "xstats") == 0)
		ret = rte_eth_xstats_reset(port->id);
	else {
		app_error("clear port %s: give stats or xstats", what);
		return -1;
	}
	if (ret != 0)
		return fwd_port_error(port, what, ret);
	printf("port %u: %s cleared\n", port->id, what);
	return 0;
}

void
fwd_show_summary(const struct fwd_session *session)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE];
	unsigned int i;

	printf("%-4s %-17s %-20s %-14s %-6s %s\n", "port", "address", "name", "driver", "link",
	       "socket");
	for (i = 0; i < session->ports.nb; i++) {
		const struct fwd_port *port = &session->ports.port[i];

		rte_ether_format_addr(mac, sizeof(mac), &port->own);
		printf("%-4u %-17s %-20s %-14s %-6s %u\n", port->id, mac, port->name, port->driver,
		       fwd_report_link(port), port->socket);
	}
}

static void
show_rxtx(const struct fwd_options *o, const struct fwd_ports *ports)
{
	unsigned int i;

	printf("mode %s, bursts of %u packets\n", o->engine->name, o->burst);
	printf("%u ports, mbcache %u, pool-ops %s\n", ports->nb, o->mbcache, o->pool_ops);
	for (i = 0; i < ports->nb; i++)
		printf("port %u: rxq %u, txq %u, rxd %u, txd %u, mbuf-size %u\n", ports->port[i].id,
		       o->rxq, o->txq, ports->port[i].rxd, ports->port[i].txd,
		       ports->port[i].mbuf_size);
}

int
fwd_show_config(const struct fwd_session *session, const char *what)
{
	const struct fwd_options *options = session->options;
	struct fwd_view view = fwd_session_view(session);
	unsigned int id;

	if (strcmp(what, "rxtx") == 0) {
		show_rxtx(options, &session->ports);
	} else if (strcmp(what, "cores") == 0) {
		printf("lcores that may forward:");
		RTE_LCORE_FOREACH_WORKER (id)
			printf(" %u", id);
		printf("\n");
	} else if (strcmp(what, "fwd") == 0) {
		printf("mode %s, %u ports, %u streams\n", options->engine->name, session->ports.nb,
		       fwd_streams_count(options, &session->ports));
		if (session->lcores.nb > 0)
			fwd_report_setup(&view);
	} else {
		app_error("show config %s: give rxtx, cores or fwd", what);
		return -1;
	}
	return 0;
}

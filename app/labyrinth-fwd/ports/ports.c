/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "compat.h"
#include "app_message.h"
#include "ports.h"
#include "stop.h"

#define LINK_POLL_MS 100

/** Without a word about it, frames may be as long as Ethernet's always were. */
static int
check_length(const struct fwd_port *port, const struct rte_eth_dev_info *info,
             const struct fwd_options *o)
{
	const uint32_t room = port->mbuf_size - RTE_PKTMBUF_HEADROOM;
	const uint32_t overhead = RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN;

	if (o->max_pkt_len == 0)
		return 0;
	if (o->max_pkt_len > (uint32_t)info->max_mtu + overhead) {
		app_error("--max-pkt-len=%u: port %u (%s) takes at most %u", o->max_pkt_len,
		          port->id, port->name, info->max_mtu + overhead);
		return -1;
	}
	if (o->max_pkt_len - RTE_ETHER_CRC_LEN > room && !o->scatter) {
		app_error("--max-pkt-len=%u: an mbuf of port %u (%s) holds %u bytes; give "
		          "--enable-scatter, or --mbuf-size=%u or more",
		          o->max_pkt_len, port->id, port->name, room,
		          o->max_pkt_len - RTE_ETHER_CRC_LEN + RTE_PKTMBUF_HEADROOM);
		return -1;
	}
	return 0;
}

static int
check_limits(const struct fwd_port *port, const struct rte_eth_dev_info *info,
             const struct fwd_options *o)
{
	if (o->rxq > info->max_rx_queues) {
		app_error("--rxq=%u: port %u (%s) has at most %u receive queues", o->rxq, port->id,
		          port->name, info->max_rx_queues);
		return -1;
	}
	if (o->txq > info->max_tx_queues) {
		app_error("--txq=%u: port %u (%s) has at most %u transmit queues", o->txq, port->id,
		          port->name, info->max_tx_queues);
		return -1;
	}
	if (port->mbuf_size - RTE_PKTMBUF_HEADROOM < info->min_rx_bufsize) {
		app_error("--mbuf-size=%u: port %u (%s) needs at least %u", port->mbuf_size,
		          port->id, port->name, info->min_rx_bufsize + RTE_PKTMBUF_HEADROOM);
		return -1;
	}
	return check_length(port, info, o);
}

/** The driver's choice unless the user has one, which must then be exactly possible. */
static int
choose_descriptors(const struct fwd_port *port, const char *option, uint32_t asked,
                   uint16_t preferred, const struct rte_eth_desc_lim *limits, uint16_t *chosen)
{
	const uint16_t align = RTE_MAX(limits->nb_align, 1);
	/* Drivers of virtual ports often leave their limits at zero. */
	const uint16_t max = limits->nb_max != 0 ? limits->nb_max : UINT16_MAX;
	uint32_t n = asked != 0 ? asked : preferred != 0 ? preferred : 512;

	if (asked == 0) {
		n = RTE_ALIGN_CEIL(RTE_MAX(n, limits->nb_min), align);
		n = RTE_MIN(n, (uint32_t)max);
	}
	if (n < limits->nb_min || n > max || n % align != 0) {
		app_error("--%s=%u: port %u (%s) takes %u to %u descriptors, in steps of %u",
		          option, n, port->id, port->name, limits->nb_min, max, align);
		return -1;
	}
	*chosen = (uint16_t)n;
	return 0;
}

static int
find_one(struct fwd_port *port, uint16_t id, unsigned int index, const struct fwd_options *o)
{
	struct rte_eth_dev_info info;
	int socket, ret;

	memset(port, 0, sizeof(*port));
	port->id = id;
	port->mbuf_size = o->mbuf_size[index % o->nb_mbuf_sizes];
	rte_eth_dev_get_name_by_port(id, port->name);
	ret = rte_eth_dev_info_get(id, &info);
	if (ret == 0)
		ret = rte_eth_macaddr_get(id, &port->own);
	if (ret != 0) {
		app_error("port %u (%s): the driver does not describe it: %s", id, port->name,
		          rte_strerror(-ret));
		return -1;
	}
	snprintf(port->driver, sizeof(port->driver), "%s", info.driver_name);
	socket = rte_eth_dev_socket_id(id);
	port->socket = socket >= 0 && !o->no_numa ? (unsigned int)socket : rte_socket_id();
	if ((o->peer_mask & (UINT64_C(1) << id)) != 0)
		port->peer = o->peers[id];
	else
		port->peer = (struct rte_ether_addr){
			{RTE_ETHER_LOCAL_ADMIN_ADDR, 0, 0, 0, 0, (uint8_t)id}};
	if (check_limits(port, &info, o) != 0 ||
	    choose_descriptors(port, "rxd", o->rxd, info.default_rxportconf.ring_size,
	                       &info.rx_desc_lim, &port->rxd) != 0)
		return -1;
	return choose_descriptors(port, "txd", o->txd, info.default_txportconf.ring_size,
	                          &info.tx_desc_lim, &port->txd);
}

/** Every port an option names must be there. */
static int
check_named(const char *option, uint64_t named, uint64_t present)
{
	uint64_t missing = named & ~present;

	if (missing == 0)
		return 0;
	app_error("%s: there is no port %d; the ports found are 0x%" PRIx64 " as a mask", option,
	          __builtin_ctzll(missing), present);
	return -1;
}

int
fwd_ports_find(struct fwd_ports *ports, const struct fwd_options *options)
{
	uint64_t present = 0, bit;
	uint16_t id;

	ports->nb = 0;
	RTE_ETH_FOREACH_DEV (id) {
		if (id < FWD_MAX_PORTS)
			present |= UINT64_C(1) << id;
	}
	if (present == 0) {
		app_error("no port found: name some to EAL (--vdev=net_tap0, -a PCI-ADDRESS) "
		          "or add --embedded after --");
		return -1;
	}
	if (check_named("--portmask or --portlist", options->port_mask, present) != 0 ||
	    check_named("--eth-peer", options->peer_mask, present) != 0)
		return -1;
	RTE_ETH_FOREACH_DEV (id) {
		bit = id < FWD_MAX_PORTS ? UINT64_C(1) << id : 0;
		if (bit == 0 || (options->port_mask != 0 && (options->port_mask & bit) == 0))
			continue;
		if (find_one(&ports->port[ports->nb], id, ports->nb, options) != 0)
			return -1;
		ports->nb++;
	}
	return 0;
}

unsigned int
fwd_ports_pair(const struct fwd_ports *ports, unsigned int index)
{
	unsigned int before = 0;
	unsigned int i;

	for (i = 0; i < index; i++)
		before += !ports->port[i].left_out;
	/* One after it for an even number of them, else the one before. */
	for (i = index + 1; before % 2 == 0 && i < ports->nb; i++)
		if (!ports->port[i].left_out)
			return i;
	for (i = index; before % 2 != 0 && i > 0; i--)
		if (!ports->port[i - 1].left_out)
			return i - 1;
	return index;
}

uint64_t
fwd_ports_descriptors(const struct fwd_ports *ports, const struct fwd_options *options)
{
	uint64_t nb = 0;
	unsigned int i;

	for (i = 0; i < ports->nb; i++)
		nb += (uint64_t)options->rxq * ports->port[i].rxd +
		      (uint64_t)options->txq * ports->port[i].txd;
	return nb;
}

struct fwd_port *
fwd_ports_of_id(struct fwd_ports *ports, uint16_t id)
{
	unsigned int i;

	for (i = 0; i < ports->nb; i++)
		if (ports->port[i].id == id)
			return &ports->port[i];
	return NULL;
}

static bool
link_is_up(const struct fwd_port *port)
{
	struct rte_eth_link link;

	memset(&link, 0, sizeof(link));
	return rte_eth_link_get_nowait(port->id, &link) != 0 || link.link_status == RTE_ETH_LINK_UP;
}

void
fwd_ports_wait_link(const struct fwd_ports *ports, unsigned int milliseconds)
{
	unsigned int waited = 0, i;

	for (i = 0; i < ports->nb; i++) {
		while (!ports->port[i].gone && !link_is_up(&ports->port[i]) &&
		       waited < milliseconds) {
			if (fwd_stop_wait(LINK_POLL_MS))
				return;
			waited += LINK_POLL_MS;
		}
		if (!ports->port[i].gone && !link_is_up(&ports->port[i]))
			app_notice("port %u (%s): link down, going on", ports->port[i].id,
			           ports->port[i].name);
	}
}

static unsigned int
drain_queue(uint16_t port, uint16_t queue, unsigned int limit)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	unsigned int drained = 0;
	uint16_t n;

	do {
		n = rte_eth_rx_burst(port, queue, packets, 32);
		rte_pktmbuf_free_bulk(packets, n);
		drained += n;
	} while (n > 0 && drained < limit);
	return drained;
}

unsigned int
fwd_ports_drain_one(const struct fwd_port *port, const struct fwd_options *options,
                    unsigned int limit)
{
	unsigned int drained = 0;
	uint16_t q;

	for (q = 0; port->started && q < options->rxq; q++)
		drained += drain_queue(port->id, q, limit);
	return drained;
}

void
fwd_ports_drain(const struct fwd_ports *ports, const struct fwd_options *options,
                unsigned int limit)
{
	unsigned int i;

	for (i = 0; i < ports->nb; i++)
		(void)fwd_ports_drain_one(&ports->port[i], options, limit);
}

int
fwd_port_error(const struct fwd_port *port, const char *what, int ret)
{
	app_error("port %u (%s): %s: %s", port->id, port->name, what, rte_strerror(-ret));
	return -1;
}

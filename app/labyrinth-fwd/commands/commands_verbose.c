/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * set verbose: a line for each packet that is received or sent. By callbacks of ethdev,
 * so that forwarding pays nothing for it before the first use.
 */

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "app_message.h"
#include "command.h"
#include "packet.h"

enum {
	VERBOSE_RX = 1,
	VERBOSE_TX = 2,
	VERBOSE_ALL = VERBOSE_RX | VERBOSE_TX,
};

/* Asked by forwarding lcores for each burst. */
static _Atomic unsigned int verbose;
/* Queues of each port that have the callbacks; these stay until the port is closed. */
static uint32_t rx_watched[RTE_MAX_ETHPORTS];
static uint32_t tx_watched[RTE_MAX_ETHPORTS];

FWD_CHOICES(levels, "0", "1", "2", "3")

/* Is the calling lcore to tell? The main one only empties ports that have stopped. */
static bool
is_told(unsigned int what)
{
	return (atomic_load_explicit(&verbose, memory_order_relaxed) & what) != 0 &&
	       rte_lcore_id() != rte_get_main_lcore();
}

static void
tell_packet(struct rte_mbuf *packet)
{
	char src[RTE_ETHER_ADDR_FMT_SIZE] = "?";
	char dst[RTE_ETHER_ADDR_FMT_SIZE] = "?";
	struct fwd_headers headers;

	fwd_packet_headers(packet, &headers);
	if (headers.ether != NULL) {
		rte_ether_format_addr(src, sizeof(src), &headers.ether->src_addr);
		rte_ether_format_addr(dst, sizeof(dst), &headers.ether->dst_addr);
	}
	printf("  src=%s - dst=%s - pool=%s - type=0x%04x - length=%u - nb_segs=%u - "
	       "ol_flags=0x%" PRIx64 "\n",
	       src, dst, packet->pool->name, headers.ether_type, packet->pkt_len, packet->nb_segs,
	       packet->ol_flags);
}

static void
tell_burst(const char *what, uint16_t port, uint16_t queue, struct rte_mbuf **packets, uint16_t n)
{
	uint16_t i;

	/* Of several lcores, each has its lines together. */
	flockfile(stdout);
	printf("port %u/queue %u: %s %u packets\n", port, queue, what, n);
	for (i = 0; i < n; i++)
		tell_packet(packets[i]);
	funlockfile(stdout);
}

static uint16_t
on_rx(uint16_t port, uint16_t queue, struct rte_mbuf *packets[], uint16_t n, uint16_t most,
      void *arg)
{
	(void)most;
	(void)arg;
	if (n > 0 && is_told(VERBOSE_RX))
		tell_burst("received", port, queue, packets, n);
	return n;
}

static uint16_t
on_tx(uint16_t port, uint16_t queue, struct rte_mbuf *packets[], uint16_t n, void *arg)
{
	(void)arg;
	if (n > 0 && is_told(VERBOSE_TX))
		tell_burst("sending", port, queue, packets, n);
	return n;
}

static int
callbacks_add(const struct fwd_port *port)
{
	uint32_t *rx = &rx_watched[port->id];
	uint32_t *tx = &tx_watched[port->id];

	if (port->gone)
		return 0;
	for (; *rx < fwd_session->options->rxq; (*rx)++) {
		if (rte_eth_add_rx_callback(port->id, (uint16_t)*rx, on_rx, NULL) == NULL)
			return fwd_port_error(port, "callback of received packets", -rte_errno);
	}
	for (; *tx < fwd_session->options->txq; (*tx)++) {
		if (rte_eth_add_tx_callback(port->id, (uint16_t)*tx, on_tx, NULL) == NULL)
			return fwd_port_error(port, "callback of sent packets", -rte_errno);
	}
	return 0;
}

static void
run_set_verbose(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	uint32_t level;
	unsigned int i;
	int ret = fwd_command_number("set verbose", words->word[2], 0, VERBOSE_ALL, &level);

	(void)cl;
	(void)data;
	if (ret == 0 && level != 0 && fwd_session->options->lockdown) {
		app_error("set verbose: forwarding lcores cannot print with --lockdown");
		ret = -1;
	}
	for (i = 0; i < fwd_session->ports.nb && ret == 0 && level != 0; i++)
		ret = callbacks_add(&fwd_session->ports.port[i]);
	if (ret == 0) {
		atomic_store_explicit(&verbose, level, memory_order_relaxed);
		printf("verbose %u: %s\n", level,
		       level == 0            ? "packets are not told"
		       : level == VERBOSE_RX ? "a line for each packet that is received"
		       : level == VERBOSE_TX ? "a line for each packet that is sent"
		                             : "a line for each packet that is received or sent");
	}
	fwd_command_ended(ret);
}

FWD_FIXED(set_word, 0, "set");
FWD_FIXED(verbose_word, 1, "verbose");
FWD_ANY(verbose_level, 2, levels);
FWD_COMMAND(fwd_cmd_set_verbose, run_set_verbose, NULL,
            "set verbose 0|1|2|3: tell of packets: none, received, sent, both", (void *)&set_word,
            (void *)&verbose_word, (void *)&verbose_level);

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

#include "app_message.h"
#include "app_options.h"
#include "app_parse.h"
#include "engines.h"
#include "options.h"
#include "packet.h"
#include "parse.h"

/* Kinds of options that only this program has. */
enum option_kind {
	KIND_COMPARE = APP_OPTION_OWN,
	KIND_ETH_PEER,
	KIND_FORWARD_MODE,
	KIND_MBUF_SIZE,
	KIND_NIC_REPORT,
	KIND_POOL_OPS,
	KIND_PORTLIST,
	KIND_PORTMASK,
	KIND_RSS_IP,
	KIND_RSS_UDP,
	KIND_TX_FIRST,
};

#define SECONDS_OF_A_YEAR (366u * 24 * 3600)
#define FIELD(field)      offsetof(struct fwd_options, field)

#define NUMBER(name, field, min, max, meaning)                                          \
	{                                                                               \
		name, APP_OPTION_NUMBER, "N", meaning, FIELD(field), min, max, 0, false \
	}
#define FLAG(name, field, letter, meaning)                                            \
	{                                                                             \
		name, APP_OPTION_FLAG, "", meaning, FIELD(field), 0, 0, letter, false \
	}
#define TEXT(name, field, argument, meaning)                                           \
	{                                                                              \
		name, APP_OPTION_TEXT, argument, meaning, FIELD(field), 0, 0, 0, false \
	}
#define OWN(name, kind, argument, meaning)                       \
	{                                                        \
		name, kind, argument, meaning, 0, 0, 0, 0, false \
	}

static const struct app_option table[] = {
	TEXT("cmdline-file", cmdline_file, "FILE", "with -i: first run the commands of FILE"),
	FLAG("interactive", interactive, 'i', "take commands; help lists them"),
	FLAG("auto-start", auto_start, 'a', "with -i: start before the first command"),
	OWN("forward-mode", KIND_FORWARD_MODE, "MODE", "see below (io)"),
	NUMBER("rxq", rxq, 1, RTE_MAX_QUEUES_PER_PORT, "receive queues of each port (1)"),
	NUMBER("txq", txq, 1, RTE_MAX_QUEUES_PER_PORT, "transmit queues of each port (as --rxq)"),
	NUMBER("rxd", rxd, 1, UINT16_MAX, "descriptors of a receive queue (the driver's choice)"),
	NUMBER("txd", txd, 1, UINT16_MAX, "descriptors of a transmit queue (the driver's choice)"),
	OWN("rss-ip", KIND_RSS_IP, "", "spread over queues by IP addresses (so where possible)"),
	OWN("rss-udp", KIND_RSS_UDP, "", "spread over queues by addresses and UDP ports"),
	NUMBER("nb-cores", nb_cores, 1, RTE_MAX_LCORE - 1,
               "forwarding lcores (all but the main lcore)"),
	NUMBER("burst", burst, 1, FWD_MAX_BURST, "packets of a burst, up to 512 (32)"),
	NUMBER("mbcache", mbcache, 0, RTE_MEMPOOL_CACHE_MAX_SIZE,
               "mbufs of DPDK's cache of each lcore (250)"),
	NUMBER("total-num-mbufs", total_num_mbufs, 1, INT32_MAX,
               "mbufs of each pool (from queues and lcores)"),
	OWN("mbuf-size", KIND_MBUF_SIZE, "N[,N...]",
            "bytes of data of an mbuf, headroom included (2176)"),
	NUMBER("max-pkt-len", max_pkt_len, RTE_ETHER_MIN_LEN, UINT16_MAX,
               "longest frame, check sequence included (1518)"),
	FLAG("enable-scatter", scatter, 0, "receive frames larger than an mbuf in several"),
	FLAG("numa", numa, 0, "a pool on each NUMA socket with ports (so by default)"),
	FLAG("no-numa", no_numa, 0, "pools on the main lcore's socket only"),
	TEXT("pool", pool, "NAME", "secondary process: pool of its primary to use (the only one)"),
	OWN("pool-ops", KIND_POOL_OPS, "NAME", "mempool handler (" RTE_LABYRINTH_OPS_NAME ")"),
	TEXT("pool-options", pool_options, "KEY=VALUE,...", "options of the labyrinth pools"),
	OWN("compare", KIND_COMPARE, "NAME,NAME",
            "forward with each in turn; labyrinth:KEY=VALUE works"),
	NUMBER("rounds", rounds, 1, FWD_MAX_ROUNDS,
               "turns of each handler: --compare (5), --nic-report (3)"),
	FLAG("lockdown", lockdown, 0, "forbid system calls on forwarding lcores"),
	OWN("portmask", KIND_PORTMASK, "0xMASK", "ports to use (all)"),
	OWN("portlist", KIND_PORTLIST, "0,2-3", "ports to use (all)"),
	OWN("eth-peer", KIND_ETH_PEER, "PORT,MAC",
            "where mac, csum, txonly and flowgen send what leaves PORT"),
	OWN("tx-first", KIND_TX_FIRST, "[=BURSTS]",
            "first send that many bursts from each port (1)"),
	NUMBER("hold-ms", hold_ms, 1, 60000, "mode hold: milliseconds a packet is kept (10)"),
	NUMBER("duration", duration, 0, SECONDS_OF_A_YEAR, "seconds to run (0: until Ctrl-C)"),
	NUMBER("stats-period", stats_period, 0, SECONDS_OF_A_YEAR,
               "seconds between live tables (1; 0: none)"),
	FLAG("embedded", embedded, 0, "add ports of its own: net_null and looped net_ring"),
	OWN("nic-report", KIND_NIC_REPORT, "[=FILE]",
            "measure pools with these ports, in 300 seconds, and write a report"),
	FLAG("doctor", doctor, 0, "examine this machine, name remedies, and end"),
	TEXT("doctor-root", doctor_root, "DIR",
             "--doctor, --nic-report: look at DIR/proc and DIR/sys"),
	FLAG("version", help, 0, "print the version and end"),
	FLAG("help", help, 'h', "print this and end"),
};

static int
set_option(void *into, const struct app_option *row, const char *text);

static const struct app_options own = {table, RTE_DIM(table), set_option};

bool
fwd_options_is_own(const char *argument)
{
	return app_options_is_own(&own, argument);
}

void
fwd_options_help(void)
{
	puts("usage: labyrinth-fwd [EAL options] -- [options]\n\n"
	     "Forwards packets between pairs of ports (0 and 1, 2 and 3, ...) in buffers that\n"
	     "labyrinth allocates, and shows what interrupted the forwarding lcores.\n"
	     "Without EAL options it chooses them itself: a random base address, ports and\n"
	     "traffic of its own. Without any option it ends after 10 seconds.\n\n"
	     "Options (defaults in parentheses):");
	app_options_help(&own, 30);
	puts("\nForward modes:");
	fwd_engine_help();
	puts("\nExample: labyrinth-fwd -l 0-2 --vdev=net_tap0 --vdev=net_tap1 -- "
	     "--forward-mode=mac");
}

static void
set_defaults(struct fwd_options *options)
{
	memset(options, 0, sizeof(*options));
	options->engine = fwd_engine_find("io");
	options->rxq = 1;
	options->burst = 32;
	options->mbcache = RTE_MIN(250, RTE_MEMPOOL_CACHE_MAX_SIZE);
	options->nb_mbuf_sizes = 1;
	options->mbuf_size[0] = RTE_MBUF_DEFAULT_BUF_SIZE;
	options->pool_ops = RTE_LABYRINTH_OPS_NAME;
	options->stats_period = UINT32_MAX;
	options->hold_ms = 10;
	options->doctor_root = "";
}

static int
set_engine(struct fwd_options *options, const char *name)
{
	char known[256];

	options->engine = fwd_engine_find(name);
	options->mode_given = true;
	if (options->engine != NULL)
		return 0;
	fwd_engine_names(known, sizeof(known));
	app_error("--forward-mode=%s: no such mode; give one of %s", name, known);
	return -1;
}

static int
set_pool_ops(struct fwd_options *options, const char *name)
{
	if (name[0] == '\0' || strlen(name) >= RTE_MEMPOOL_OPS_NAMESIZE) {
		app_error("--pool-ops=%s: give the name of a mempool handler, 1 to %d characters",
		          name, RTE_MEMPOOL_OPS_NAMESIZE - 1);
		return -1;
	}
	options->pool_ops = name;
	return 0;
}

static int
add_peer(struct fwd_options *options, const char *text)
{
	struct rte_ether_addr mac;
	unsigned int port;

	if (fwd_parse_port_mac("eth-peer", text, FWD_MAX_PORTS, &port, &mac) != 0)
		return -1;
	options->peers[port] = mac;
	options->peer_mask |= UINT64_C(1) << port;
	return 0;
}

static int
set_tx_first(struct fwd_options *options, const char *text)
{
	uint64_t bursts = 1;

	if (text != NULL && app_parse_number("tx-first", text, 1, 1024, &bursts) != 0)
		return -1;
	options->tx_first = (uint32_t)bursts;
	return 0;
}

static int
set_nic_report(struct fwd_options *options, const char *file)
{
	options->nic_report = file != NULL ? file : FWD_NIC_REPORT;
	if (options->nic_report[0] != '\0')
		return 0;
	app_error("--nic-report=: give the name of a file, or leave the = out for " FWD_NIC_REPORT);
	return -1;
}

/** Sizes separated by commas. */
static int
set_mbuf_sizes(struct fwd_options *options, const char *text)
{
	const char *rest = text;
	uint64_t size;

	options->nb_mbuf_sizes = 0;
	for (;; rest++) {
		if (app_parse_digits(rest, &rest, &size) != 0 || size < FWD_LEAST_ROOM ||
		    size > UINT16_MAX || options->nb_mbuf_sizes == FWD_MAX_MBUF_SIZES)
			break;
		options->mbuf_size[options->nb_mbuf_sizes++] = (uint32_t)size;
		if (*rest == '\0')
			return 0;
		if (*rest != ',')
			break;
	}
	app_error("--mbuf-size=%s: give up to %d sizes from %u to %u, such as 2176,4096", text,
	          FWD_MAX_MBUF_SIZES, FWD_LEAST_ROOM, UINT16_MAX);
	return -1;
}

/** Add a handler, `NAME` or `NAME:KEY=VALUE`, or one more option of the handler before. */
static int
add_handler(struct fwd_handlers *handlers, const char *word, size_t len)
{
	const char *colon = memchr(word, ':', len);
	const size_t name = colon != NULL ? (size_t)(colon - word) : len;
	char *options;
	size_t used;

	if (colon == NULL && memchr(word, '=', len) != NULL) {
		if (handlers->nb == 0 || handlers->options[handlers->nb - 1][0] == '\0')
			return -1;
		options = handlers->options[handlers->nb - 1];
		used = strlen(options);
		if (used + 1 + len >= FWD_MAX_HANDLER_OPTIONS)
			return -1;
		snprintf(options + used, FWD_MAX_HANDLER_OPTIONS - used, ",%.*s", (int)len, word);
		return 0;
	}
	if (handlers->nb == FWD_MAX_HANDLERS || name == 0 || name >= sizeof(handlers->name[0]) ||
	    len - name >= FWD_MAX_HANDLER_OPTIONS || name + 1 == len)
		return -1;
	snprintf(handlers->name[handlers->nb], sizeof(handlers->name[0]), "%.*s", (int)name, word);
	if (colon != NULL && strcmp(handlers->name[handlers->nb], RTE_LABYRINTH_OPS_NAME) != 0)
		return -1;
	handlers->options[handlers->nb][0] = '\0';
	if (colon != NULL)
		snprintf(handlers->options[handlers->nb], FWD_MAX_HANDLER_OPTIONS, "%.*s",
		         (int)(len - name - 1), colon + 1);
	handlers->nb++;
	return 0;
}

/** Handlers separated by commas. */
static int
set_compare(struct fwd_handlers *handlers, const char *text)
{
	const char *rest = text;
	size_t len;

	for (handlers->nb = 0;; rest += len + 1) {
		len = strcspn(rest, ",");
		if (len == 0 || add_handler(handlers, rest, len) != 0)
			break;
		if (rest[len] == '\0' && handlers->nb > 1)
			return 0;
		if (rest[len] == '\0')
			break;
	}
	app_error("--compare=%s: give 2 to %d mempool handlers, such as "
	          "ring_mp_mc," RTE_LABYRINTH_OPS_NAME ":profile=fast," RTE_LABYRINTH_OPS_NAME
	          "; only " RTE_LABYRINTH_OPS_NAME " takes options",
	          text, FWD_MAX_HANDLERS);
	return -1;
}

static int
set_option(void *into, const struct app_option *row, const char *text)
{
	struct fwd_options *options = into;

	switch (row->kind) {
	case KIND_COMPARE:
		return set_compare(&options->compare, text);
	case KIND_FORWARD_MODE:
		return set_engine(options, text);
	case KIND_MBUF_SIZE:
		return set_mbuf_sizes(options, text);
	case KIND_NIC_REPORT:
		return set_nic_report(options, text);
	case KIND_POOL_OPS:
		return set_pool_ops(options, text);
	case KIND_PORTLIST:
		return fwd_parse_list(row->name, text, FWD_MAX_PORTS, &options->port_mask);
	case KIND_PORTMASK:
		return app_parse_number(row->name, text, 1, UINT64_MAX >> (64 - FWD_MAX_PORTS),
		                        &options->port_mask);
	case KIND_ETH_PEER:
		return add_peer(options, text);
	case KIND_RSS_IP:
		options->rss |= RTE_ETH_RSS_IP;
		return 0;
	case KIND_RSS_UDP:
		options->rss |= RTE_ETH_RSS_UDP;
		return 0;
	case KIND_TX_FIRST:
		return set_tx_first(options, text);
	}
	return -1;
}

void
fwd_options_defaults(struct fwd_options *options)
{
	set_defaults(options);
	(void)fwd_options_check(options);
}

int
fwd_options_parse(int argc, char **argv, struct fwd_options *options)
{
	set_defaults(options);
	if (app_options_parse(&own, argc, argv, options) != 0)
		return -1;
	return options->help ? 0 : fwd_options_check(options);
}

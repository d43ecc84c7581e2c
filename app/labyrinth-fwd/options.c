/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

#include "app_message.h"
#include "app_parse.h"
#include "options.h"
#include "parse.h"

/* getopt_long() wants int: numbers above every character it may return itself. */
enum option_kind {
	KIND_NUMBER = 256, /* min to max, stored at offset */
	KIND_EMBEDDED,
	KIND_ETH_PEER,
	KIND_FORWARD_MODE,
	KIND_HELP,
	KIND_POOL_OPS,
	KIND_POOL_OPTIONS,
	KIND_PORTLIST,
	KIND_PORTMASK,
	KIND_TX_FIRST,
};

/* One table for parsing and for --help, so that neither forgets an option. */
struct option_row {
	const char *name;
	int has_arg;
	enum option_kind kind;
	const char *argument;
	const char *meaning;
	size_t offset;
	uint32_t min;
	uint32_t max;
};

#define SECONDS_OF_A_YEAR (366u * 24 * 3600)
#define NUMBER(name, field, min, max, meaning)                        \
	{                                                             \
		name, required_argument, KIND_NUMBER, "N", meaning,   \
			offsetof(struct fwd_options, field), min, max \
	}
#define OTHER(name, has_arg, kind, argument, meaning)           \
	{                                                       \
		name, has_arg, kind, argument, meaning, 0, 0, 0 \
	}

static const struct option_row table[] = {
	OTHER("forward-mode", required_argument, KIND_FORWARD_MODE, "MODE", "see below (io)"),
	NUMBER("rxq", rxq, 1, RTE_MAX_QUEUES_PER_PORT, "receive queues of each port (1)"),
	NUMBER("txq", txq, 1, RTE_MAX_QUEUES_PER_PORT, "transmit queues of each port (as --rxq)"),
	NUMBER("rxd", rxd, 1, UINT16_MAX, "descriptors of a receive queue (the driver's choice)"),
	NUMBER("txd", txd, 1, UINT16_MAX, "descriptors of a transmit queue (the driver's choice)"),
	NUMBER("nb-cores", nb_cores, 1, RTE_MAX_LCORE - 1,
               "forwarding lcores (all but the main lcore)"),
	NUMBER("burst", burst, 1, FWD_MAX_BURST, "packets of a burst, up to 512 (32)"),
	NUMBER("mbcache", mbcache, 0, RTE_MEMPOOL_CACHE_MAX_SIZE,
               "mbufs of DPDK's cache of each lcore (250)"),
	NUMBER("total-num-mbufs", total_num_mbufs, 1, INT32_MAX,
               "mbufs of each pool (from queues and lcores)"),
	NUMBER("mbuf-size", mbuf_size, RTE_PKTMBUF_HEADROOM + RTE_ETHER_MIN_LEN, UINT16_MAX,
               "bytes of data of an mbuf, headroom included (2176)"),
	OTHER("pool-ops", required_argument, KIND_POOL_OPS, "NAME",
              "mempool handler (" RTE_LABYRINTH_OPS_NAME ")"),
	OTHER("pool-options", required_argument, KIND_POOL_OPTIONS, "KEY=VALUE,...",
              "options of the labyrinth pools"),
	OTHER("portmask", required_argument, KIND_PORTMASK, "0xMASK", "ports to use (all)"),
	OTHER("portlist", required_argument, KIND_PORTLIST, "0,2-3", "ports to use (all)"),
	OTHER("eth-peer", required_argument, KIND_ETH_PEER, "PORT,MAC",
              "where mac and txonly send what leaves PORT"),
	OTHER("tx-first", optional_argument, KIND_TX_FIRST, "BURSTS",
              "first send that many bursts from each port (1)"),
	NUMBER("duration", duration, 0, SECONDS_OF_A_YEAR, "seconds to run (0: until Ctrl-C)"),
	NUMBER("stats-period", stats_period, 0, SECONDS_OF_A_YEAR,
               "seconds between live tables (1; 0: none)"),
	OTHER("embedded", no_argument, KIND_EMBEDDED, "",
              "add ports of its own: net_null and looped net_ring"),
	OTHER("help", no_argument, KIND_HELP, "", "print this and end"),
};

bool
fwd_options_is_own(const char *argument)
{
	const char *name = argument + 2;
	size_t len, i;

	if (strncmp(argument, "--", 2) != 0)
		return false;
	len = strcspn(name, "=");
	for (i = 0; i < RTE_DIM(table); i++)
		if (strlen(table[i].name) == len && strncmp(table[i].name, name, len) == 0)
			return true;
	return false;
}

void
fwd_options_help(void)
{
	const char *format;
	char left[64];
	size_t i;

	puts("usage: labyrinth-fwd [EAL options] -- [options]\n\n"
	     "Forwards packets between pairs of ports (0 and 1, 2 and 3, ...) in buffers that\n"
	     "labyrinth allocates, and shows what interrupted the forwarding lcores.\n"
	     "Without EAL options it chooses them itself: a random base address, ports and\n"
	     "traffic of its own. Without any option it ends after 10 seconds.\n\n"
	     "Options (defaults in parentheses):");
	for (i = 0; i < RTE_DIM(table); i++) {
		format = table[i].has_arg == required_argument   ? "--%s=%s"
		         : table[i].has_arg == optional_argument ? "--%s[=%s]"
		                                                 : "--%s%s";
		snprintf(left, sizeof(left), format, table[i].name, table[i].argument);
		printf("  %-30s %s\n", left, table[i].meaning);
	}
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
	options->mbuf_size = RTE_MBUF_DEFAULT_BUF_SIZE;
	options->pool_ops = RTE_LABYRINTH_OPS_NAME;
	options->stats_period = 1;
}

static int
set_number(struct fwd_options *options, const struct option_row *row, const char *text)
{
	uint64_t value;

	if (app_parse_number(row->name, text, row->min, row->max, &value) != 0)
		return -1;
	*(uint32_t *)((char *)options + row->offset) = (uint32_t)value;
	return 0;
}

static int
set_engine(struct fwd_options *options, const char *name)
{
	char known[256];

	options->engine = fwd_engine_find(name);
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
set_option(struct fwd_options *options, const struct option_row *row, const char *text)
{
	switch (row->kind) {
	case KIND_NUMBER:
		return set_number(options, row, text);
	case KIND_FORWARD_MODE:
		return set_engine(options, text);
	case KIND_POOL_OPS:
		return set_pool_ops(options, text);
	case KIND_POOL_OPTIONS:
		options->pool_options = text;
		return 0;
	case KIND_PORTLIST:
		return fwd_parse_list(row->name, text, FWD_MAX_PORTS, &options->port_mask);
	case KIND_PORTMASK:
		return app_parse_number(row->name, text, 1, UINT64_MAX >> (64 - FWD_MAX_PORTS),
		                        &options->port_mask);
	case KIND_ETH_PEER:
		return add_peer(options, text);
	case KIND_TX_FIRST:
		return set_tx_first(options, text);
	case KIND_EMBEDDED:
		options->embedded = true;
		return 0;
	case KIND_HELP:
		options->help = true;
		return 0;
	}
	return -1;
}

/** What no single option can tell. */
static int
check_together(struct fwd_options *options)
{
	uint32_t mbufs = options->total_num_mbufs;

	if (options->txq == 0)
		options->txq = options->rxq;
	if (fwd_engine_forwards(options->engine) && options->txq < options->rxq) {
		app_error("--txq=%u: mode %s needs a transmit queue for each receive queue, "
		          "so at least %u (--rxq)",
		          options->txq, options->engine->name, options->rxq);
		return -1;
	}
	/* The mempool library fills a cache up to one and a half times its size. */
	if (mbufs != 0 && mbufs < options->mbcache + options->mbcache / 2) {
		app_error("--total-num-mbufs=%u: too few for --mbcache=%u; give %u or more, "
		          "or a smaller --mbcache",
		          mbufs, options->mbcache, options->mbcache + options->mbcache / 2);
		return -1;
	}
	if (options->pool_options != NULL &&
	    strcmp(options->pool_ops, RTE_LABYRINTH_OPS_NAME) != 0) {
		app_error("--pool-options: for --pool-ops=" RTE_LABYRINTH_OPS_NAME
		          " only, not for %s",
		          options->pool_ops);
		return -1;
	}
	return 0;
}

/** Say why getopt_long() returned `?` or `:`. */
static void
refuse(const char *argument, int why)
{
	int len = (int)strcspn(argument, "=");

	if (why == ':')
		app_error("%s: a value is missing; give %s=VALUE", argument, argument);
	else if (optopt >= KIND_NUMBER)
		app_error("%.*s: takes no value", len, argument);
	else
		app_error("%.*s: unknown or shortened in an ambiguous way; "
		          "labyrinth-fwd --help lists all options",
		          len, argument);
}

int
fwd_options_parse(int argc, char **argv, struct fwd_options *options)
{
	struct option longs[RTE_DIM(table) + 1] = {0};
	int got, row = 0, seen;
	size_t i;

	for (i = 0; i < RTE_DIM(table); i++)
		longs[i] =
			(struct option){table[i].name, table[i].has_arg, NULL, (int)table[i].kind};
	set_defaults(options);
	opterr = 0;
	optind = 1;
	for (;;) {
		seen = optind;
		/* `+`: stop at the first stray word; `:`: tell a missing value apart. */
		got = getopt_long(argc, argv, "+:", longs, &row);
		if (got == -1)
			break;
		if (got == '?' || got == ':') {
			refuse(argv[seen], got);
			return -1;
		}
		if (set_option(options, &table[row], optarg) != 0)
			return -1;
	}
	opterr = 1; /* EAL leaves its messages about unknown options to getopt_long() */
	if (optind < argc) {
		app_error("%s: unexpected; every option starts with --", argv[optind]);
		return -1;
	}
	return options->help ? 0 : check_together(options);
}

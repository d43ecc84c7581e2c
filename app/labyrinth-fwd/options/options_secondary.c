/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>
#include <string.h>

#include <rte_common.h>

#include "app_message.h"
#include "engines.h"
#include "options.h"

#define ONLY(name, field)                                        \
	{                                                        \
		name, offsetof(struct fwd_options, field),       \
			sizeof(((struct fwd_options *)0)->field) \
	}

/* What is about making pools and ports: the primary process does that. */
static const struct {
	const char *name;
	size_t offset;
	size_t size;
} primary_only[] = {
	ONLY("rxq", rxq),
	ONLY("txq", txq),
	ONLY("rxd", rxd),
	ONLY("txd", txd),
	ONLY("rss-ip or --rss-udp", rss),
	ONLY("mbcache", mbcache),
	ONLY("total-num-mbufs", total_num_mbufs),
	ONLY("mbuf-size", nb_mbuf_sizes),
	ONLY("mbuf-size", mbuf_size),
	ONLY("max-pkt-len", max_pkt_len),
	ONLY("enable-scatter", scatter),
	ONLY("numa", numa),
	ONLY("no-numa", no_numa),
	ONLY("pool-ops", pool_ops),
	ONLY("pool-options", pool_options),
	ONLY("compare", compare.nb),
	ONLY("nic-report", nic_report),
	ONLY("portmask or --portlist", port_mask),
	ONLY("eth-peer", peer_mask),
	ONLY("tx-first", tx_first),
	ONLY("embedded", embedded),
};

int
fwd_options_secondary(struct fwd_options *options)
{
	struct fwd_options defaults;
	unsigned int i;

	fwd_options_defaults(&defaults);
	for (i = 0; i < RTE_DIM(primary_only); i++) {
		if (memcmp((const char *)options + primary_only[i].offset,
		           (const char *)&defaults + primary_only[i].offset,
		           primary_only[i].size) == 0)
			continue;
		app_error("--%s: not in a secondary process, which has no ports and uses a pool "
		          "of its primary; leave it out",
		          primary_only[i].name);
		return -1;
	}
	if (!options->mode_given)
		options->engine = fwd_engine_find("alloc");
	return 0;
}

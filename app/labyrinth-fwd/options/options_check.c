/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* What no single option can tell. */

#include <string.h>

#include <rte_common.h>
#include <rte_mempool_labyrinth.h>

#include "app_message.h"
#include "options.h"

/* Of --nic-report: the fewest rounds, and seconds, when nothing else is asked for. */
#define NIC_ROUNDS  3
#define NIC_SECONDS 300

uint32_t
fwd_options_largest(const struct fwd_options *options)
{
	uint32_t largest = 0, i;

	for (i = 0; i < options->nb_mbuf_sizes; i++)
		largest = RTE_MAX(largest, options->mbuf_size[i]);
	return largest;
}

int
fwd_options_check_queues(const struct fwd_options *options)
{
	if (!fwd_engine_forwards(options->engine) || options->txq >= options->rxq)
		return 0;
	app_error("--txq=%u: mode %s needs a transmit queue for each receive queue, so at least %u "
	          "(--rxq)",
	          options->txq, options->engine->name, options->rxq);
	return -1;
}

static int
check_compare(struct fwd_options *options)
{
	if (options->compare.nb == 0) {
		if (options->rounds == 0 || options->nic_report != NULL)
			return 0;
		app_error("--rounds: only with --compare or --nic-report");
		return -1;
	}
	if (options->interactive) {
		app_error("--compare: not with -i; leave out one of them");
		return -1;
	}
	if (options->rounds == 0)
		options->rounds = 5;
	if (options->duration == 0)
		options->duration = 2 * options->rounds * options->compare.nb;
	return 0;
}

/** A report chooses by itself what would make it another one. */
static int
check_nic_report(struct fwd_options *options)
{
	const struct {
		const char *name;
		bool given;
	} others[] = {
		{"interactive", options->interactive},
		{"compare", options->compare.nb > 0},
		{"forward-mode", options->mode_given},
		{"pool-ops", strcmp(options->pool_ops, RTE_LABYRINTH_OPS_NAME) != 0},
		{"pool-options", options->pool_options != NULL},
		{"lockdown", options->lockdown},
		{"stats-period", options->stats_period != UINT32_MAX},
		{"doctor", options->doctor},
	};
	size_t i;

	if (options->nic_report == NULL)
		return 0;
	for (i = 0; i < RTE_DIM(others); i++) {
		if (!others[i].given)
			continue;
		app_error("--%s: not with --nic-report; leave out one of them", others[i].name);
		return -1;
	}
	options->stats_period = 0;
	if (options->rounds == 0)
		options->rounds = NIC_ROUNDS;
	if (options->rounds < NIC_ROUNDS) {
		app_error("--rounds=%u: --nic-report needs %d or more", options->rounds,
		          NIC_ROUNDS);
		return -1;
	}
	if (options->duration == 0)
		options->duration = NIC_SECONDS;
	if (options->duration < options->rounds) {
		app_error("--duration=%u: --nic-report needs a second for each of %u rounds",
		          options->duration, options->rounds);
		return -1;
	}
	return 0;
}

/** With commands, commands do what some options do without. */
static int
check_interactive(struct fwd_options *options)
{
	if (!options->interactive) {
		if (options->cmdline_file != NULL) {
			app_error("--cmdline-file: only with -i");
			return -1;
		}
		if (options->stats_period == UINT32_MAX)
			options->stats_period = options->compare.nb > 0 ? 0 : 1;
		return 0;
	}
	if (options->duration != 0) {
		app_error("--duration: not with -i; the commands stop and quit end it");
		return -1;
	}
	if (options->stats_period != UINT32_MAX && options->stats_period != 0) {
		app_error("--stats-period: not with -i; the command show fwd stats all shows them");
		return -1;
	}
	if (options->tx_first != 0 && !options->auto_start) {
		app_error("--tx-first: with -i, only with --auto-start; or give the command start "
		          "tx_first");
		return -1;
	}
	options->stats_period = 0;
	return 0;
}

int
fwd_options_check(struct fwd_options *options)
{
	uint32_t mbufs = options->total_num_mbufs;

	if (options->txq == 0)
		options->txq = options->rxq;
	if (fwd_options_check_queues(options) != 0 || check_nic_report(options) != 0 ||
	    check_compare(options) != 0 || check_interactive(options) != 0)
		return -1;
	/* The mempool library fills a cache up to one and a half times its size. */
	if (mbufs != 0 && mbufs < options->mbcache + options->mbcache / 2) {
		app_error("--total-num-mbufs=%u: too few for --mbcache=%u; give %u or more, "
		          "or a smaller --mbcache",
		          mbufs, options->mbcache, options->mbcache + options->mbcache / 2);
		return -1;
	}
	if (options->numa && options->no_numa) {
		app_error("--numa: not with --no-numa; leave out one of them");
		return -1;
	}
	if (options->pool_options != NULL && options->compare.nb == 0 &&
	    strcmp(options->pool_ops, RTE_LABYRINTH_OPS_NAME) != 0) {
		app_error("--pool-options: for --pool-ops=" RTE_LABYRINTH_OPS_NAME
		          " only, not for %s",
		          options->pool_ops);
		return -1;
	}
	return 0;
}

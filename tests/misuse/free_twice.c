/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A test plugin with a bug: loaded by an unmodified program (-d), it frees the
 * first mbuf of a burst that is about to be sent, once in FREE_TWICE_EVERY
 * packets (environment, 100000 if not set). The port's driver then frees it too.
 */

#include <inttypes.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "tx_hook.h"

/* Packets from one such free to the next. */
static uint64_t every;
static uint64_t packets;
/* Where the next one is due, and where the first one was. */
static uint64_t next;
static uint64_t at_first;
/* Those so far. */
static uint64_t times;

static uint16_t
free_first(uint16_t port, uint16_t queue, struct rte_mbuf *burst[], uint16_t n, void *arg)
{
	(void)port;
	(void)queue;
	(void)arg;
	packets += n;
	if (n == 0 || packets < next)
		return n;
	if (times++ == 0)
		at_first = packets;
	next = packets + every;
	rte_pktmbuf_free(burst[0]);
	return n;
}

RTE_INIT(free_twice_init)
{
	every = tx_hook_number("FREE_TWICE_EVERY", 100000);
	next = every;
	tx_hook_start("free-twice", free_first);
}

RTE_FINI(free_twice_fini)
{
	fprintf(stderr, "free-twice: %" PRIu64 " times, %" PRIu64 " packets after the first\n",
	        times, packets - at_first);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A test plugin with a bug: loaded by an unmodified program (-d), it writes one
 * byte too many into the first mbuf of a burst that is about to be sent, when so
 * many packets (WRITE_BEYOND_AFTER in the environment, 100000 if not set) have
 * been sent. With WRITE_BEYOND_KEEP=1 it keeps that mbuf for ever, as a queue
 * that nobody empties does: the driver's free does not bring it back.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "tx_hook.h"

static uint64_t after;
static uint64_t packets;
static bool keep;
static bool done;

static uint16_t
write_one_too_many(uint16_t port, uint16_t queue, struct rte_mbuf *burst[], uint16_t n, void *arg)
{
	volatile char *data;

	(void)port;
	(void)queue;
	(void)arg;
	packets += n;
	if (n == 0 || done || packets < after)
		return n;
	done = true;
	data = burst[0]->buf_addr;
	data[burst[0]->buf_len] ^= 1;
	if (keep)
		rte_mbuf_refcnt_update(burst[0], 1);
	fprintf(stderr, "write-beyond: one byte beyond mbuf %p\n", (void *)burst[0]);
	return n;
}

RTE_INIT(write_beyond_init)
{
	after = tx_hook_number("WRITE_BEYOND_AFTER", 100000);
	keep = getenv("WRITE_BEYOND_KEEP") != NULL;
	tx_hook_start("write-beyond", write_one_too_many);
}

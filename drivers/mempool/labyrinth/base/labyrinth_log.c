/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "labyrinth_log.h"

/* Milliseconds that a line waits for a reader; those after it do not. */
#define WAIT_MS 1000

RTE_LOG_REGISTER(labyrinth_logtype, pmd.mempool.labyrinth, NOTICE);

static atomic_bool clogged;

bool
labyrinth_log_ready(uint32_t level)
{
	/* What is logged may name it; of a stream without a file fileno() sets another one. */
	int err = errno;
	FILE *stream = rte_log_get_stream();
	struct pollfd log = {.fd = stream == NULL ? -1 : fileno(stream), .events = POLLOUT};
	int wait;
	bool full;

	if (!rte_log_can_log((uint32_t)labyrinth_logtype, level))
		return false;
	/* A stream of EAL's own, which goes there. */
	if (log.fd < 0)
		log.fd = STDERR_FILENO;
	/* @atomic clogged-look: pairs clogged-set. Else: one line more waits. */
	wait = atomic_load_explicit(&clogged, memory_order_relaxed) ? 0 : WAIT_MS;
	full = poll(&log, 1, wait) == 0;
	/* @atomic clogged-set: pairs clogged-look. Else: one line more waits. */
	atomic_store_explicit(&clogged, full, memory_order_relaxed);
	errno = err;
	return !full;
}

void
labyrinth_log_at_end(void)
{
	(void)rte_openlog_stream(NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_cycles.h>

#include "held.h"
#include "memory.h"
#include "stream.h"

/* Bursts that are kept, a power of two: packets beyond that push out the oldest. */
#define BURSTS 256u

struct fwd_held {
	uint64_t cycles; /* to keep a packet */
	uint32_t most;   /* packets, so that the pool does not run empty */
	uint32_t packets;
	uint32_t head; /* counts bursts, as tail: their difference is what is held */
	uint32_t tail;
	struct fwd_burst bursts[BURSTS];
};

static unsigned int
free_oldest(struct fwd_held *held)
{
	struct fwd_burst *oldest = &held->bursts[held->tail++ % BURSTS];

	held->packets -= oldest->n;
	rte_pktmbuf_free_bulk(oldest->packets, oldest->n);
	return oldest->n;
}

unsigned int
fwd_held_free(struct fwd_stream *stream)
{
	struct fwd_held *held = stream->state;
	uint64_t now = rte_rdtsc();
	unsigned int freed = 0;

	while (held->head != held->tail &&
	       (now - held->bursts[held->tail % BURSTS].since >= held->cycles ||
	        held->head - held->tail == BURSTS || held->packets + stream->burst > held->most))
		freed += free_oldest(held);
	return freed;
}

struct fwd_burst *
fwd_held_next(struct fwd_stream *stream)
{
	struct fwd_held *held = stream->state;

	return &held->bursts[held->head % BURSTS];
}

void
fwd_held_add(struct fwd_stream *stream)
{
	struct fwd_held *held = stream->state;
	struct fwd_burst *newest = fwd_held_next(stream);

	if (newest->n == 0)
		return;
	newest->since = rte_rdtsc();
	held->packets += newest->n;
	held->head++;
}

int
fwd_held_begin(struct fwd_stream **streams, uint32_t hold_ms)
{
	struct fwd_held *held = fwd_memory_take("fwd_held", sizeof(*held), SOCKET_ID_ANY);

	if (held == NULL)
		return -1;
	held->cycles = rte_get_tsc_hz() / 1000 * hold_ms;
	/* A quarter of the pool for all streams that share it; ports of one pool count alike. */
	held->most = RTE_MAX(streams[0]->pool->size / (4 * streams[0]->sharers),
	                     (uint32_t)streams[0]->burst);
	streams[0]->state = held;
	return 0;
}

void
fwd_held_end(struct fwd_stream **streams)
{
	struct fwd_held *held = streams[0]->state;

	if (held == NULL)
		return;
	while (held->head != held->tail)
		free_oldest(held);
	fwd_memory_give(held);
	streams[0]->state = NULL;
}

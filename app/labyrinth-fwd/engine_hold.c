/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "engine.h"
#include "options.h"
#include "stream.h"

/* Bursts in the queue, a power of two: packets beyond that push out the oldest. */
#define BURSTS 256u

struct held {
	uint64_t since; /* TSC */
	uint16_t n;
	struct rte_mbuf *packets[FWD_MAX_BURST];
};

/** Packets in the order they came. */
struct queue {
	uint64_t cycles; /* to keep a packet */
	uint32_t most;   /* packets, so that the pool does not run empty */
	uint32_t packets;
	uint32_t head; /* counts bursts, as tail: their difference is what is held */
	uint32_t tail;
	struct held bursts[BURSTS];
};

static void
release_oldest(struct queue *queue)
{
	struct held *oldest = &queue->bursts[queue->tail++ % BURSTS];

	queue->packets -= oldest->n;
	rte_pktmbuf_free_bulk(oldest->packets, oldest->n);
}

static void
run(struct fwd_stream *stream)
{
	struct queue *queue = stream->state;
	struct held *newest = &queue->bursts[queue->head % BURSTS];
	uint64_t now = rte_rdtsc();

	while (queue->head != queue->tail &&
	       (now - queue->bursts[queue->tail % BURSTS].since >= queue->cycles ||
	        queue->head - queue->tail == BURSTS ||
	        queue->packets + stream->burst > queue->most))
		release_oldest(queue);
	newest->n = fwd_stream_receive(stream, newest->packets);
	if (newest->n == 0)
		return;
	newest->since = now;
	queue->packets += newest->n;
	queue->head++;
}

static int
begin(struct fwd_stream **streams, const struct fwd_options *options)
{
	struct queue *queue = rte_zmalloc("fwd_hold", sizeof(*queue), RTE_CACHE_LINE_SIZE);

	if (queue == NULL)
		return -1;
	queue->cycles = rte_get_tsc_hz() / 1000 * options->hold_ms;
	/* A quarter of the pool for all streams that share it; ports of one pool count alike. */
	queue->most = RTE_MAX(streams[0]->pool->size / (4 * streams[0]->sharers),
	                      (uint32_t)streams[0]->burst);
	streams[0]->state = queue;
	return 0;
}

static void
end(struct fwd_stream **streams)
{
	struct queue *queue = streams[0]->state;

	if (queue == NULL)
		return;
	while (queue->head != queue->tail)
		release_oldest(queue);
	rte_free(queue);
	streams[0]->state = NULL;
}

const struct fwd_engine fwd_engine_hold = {
	.name = "hold",
	.meaning = "free what is received only after a while (--hold-ms)",
	.does = FWD_RECEIVES,
	.run = run,
	.begin = begin,
	.end = end,
};

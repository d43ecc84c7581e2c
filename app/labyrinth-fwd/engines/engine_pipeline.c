/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdatomic.h>
#include <stdio.h>

#include <rte_ring.h>

#include "engine.h"
#include "stream.h"

#define PACKETS 2048

static void
receive(struct fwd_stream *stream)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	uint16_t n = fwd_stream_receive(stream, packets);
	unsigned int passed;

	if (n == 0)
		return;
	passed = rte_ring_sp_enqueue_burst(stream->state, (void **)packets, n, NULL);
	if (unlikely(passed < n))
		fwd_stream_drop(stream, &packets[passed], (uint16_t)(n - passed));
}

static void
transmit(struct fwd_stream *stream)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	unsigned int n;

	n = rte_ring_sc_dequeue_burst(stream->state, (void **)packets, stream->burst, NULL);
	if (n > 0)
		fwd_stream_transmit(stream, packets, (uint16_t)n);
}

static void
run(struct fwd_stream *stream)
{
	if (stream->receives)
		receive(stream);
	else
		transmit(stream);
}

static int
begin(struct fwd_stream **streams, uint32_t hold_ms)
{
	static unsigned int made;
	char name[RTE_RING_NAMESIZE];
	struct rte_ring *ring;

	(void)hold_ms;
	snprintf(name, sizeof(name), "fwd_pipeline_%u", made++);
	ring = rte_ring_create(name, PACKETS, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	streams[0]->state = ring;
	streams[1]->state = ring;
	return ring == NULL ? -1 : 0;
}

static void
end(struct fwd_stream **streams)
{
	struct rte_mbuf *packets[32];
	unsigned int n;

	if (streams[0]->state == NULL)
		return;
	while ((n = rte_ring_sc_dequeue_burst(streams[0]->state, (void **)packets, RTE_DIM(packets),
	                                      NULL)) > 0)
		fwd_stream_drop(streams[1], packets, (uint16_t)n);
	rte_ring_free(streams[0]->state);
	streams[0]->state = NULL;
	streams[1]->state = NULL;
}

const struct fwd_engine fwd_engine_pipeline = {
	.name = "pipeline",
	.meaning = "receive on one lcore, send on another, a ring between them",
	.does = FWD_RECEIVES | FWD_TRANSMITS | FWD_STAGES,
	.run = run,
	.begin = begin,
	.end = end,
};

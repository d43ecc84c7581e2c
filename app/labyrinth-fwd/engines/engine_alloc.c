/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "engine.h"
#include "held.h"
#include "packet.h"
#include "stream.h"

/** What is got counts as received, what is freed as sent. */
static void
run(struct fwd_stream *stream)
{
	struct fwd_burst *next;
	uint16_t i;

	app_counter_add(&stream->tx_packets, fwd_held_free(stream));
	next = fwd_held_next(stream);
	next->n = 0;
	if (fwd_meter_get(stream->meter, stream->pool, (void **)next->packets, stream->burst) != 0)
		return;
	next->n = stream->burst;
	for (i = 0; i < next->n; i++)
		fwd_packet_fill(next->packets[i], &stream->own, &stream->peer, i);
	app_counter_add(&stream->rx_packets, next->n);
	fwd_held_add(stream);
}

const struct fwd_engine fwd_engine_alloc = {
	.name = "alloc",
	.meaning = "get mbufs and free them after a while (--hold-ms), without ports",
	.does = FWD_ALLOCATES,
	.run = run,
	.begin = fwd_held_begin,
	.end = fwd_held_end,
};

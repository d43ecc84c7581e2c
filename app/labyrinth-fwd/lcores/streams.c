/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_lcore.h>

#include "app_message.h"
#include "memory.h"
#include "streams.h"

/** Streams of one queue. */
static unsigned int
per_queue(const struct fwd_engine *engine)
{
	return (engine->does & FWD_STAGES) != 0 ? 2 : 1;
}

unsigned int
fwd_streams_count(const struct fwd_options *options, const struct fwd_ports *ports)
{
	bool receives = (options->engine->does & FWD_RECEIVES) != 0;

	/* One for each lcore. */
	if (fwd_engine_portless(options->engine))
		return options->nb_cores != 0 ? options->nb_cores : rte_lcore_count() - 1;
	return ports->nb * (receives ? options->rxq : options->txq) * per_queue(options->engine);
}

static bool
crosses(const struct fwd_engine *engine)
{
	return fwd_engine_forwards(engine) && (engine->does & FWD_ECHOES) == 0;
}

static struct fwd_stream *
new_stream(const struct fwd_ports *ports, const struct fwd_pools *pools,
           const struct fwd_options *options, unsigned int index, uint16_t queue)
{
	const struct fwd_port *rx = &ports->port[index];
	const struct fwd_port *tx = rx;
	struct fwd_stream *stream;

	if (crosses(options->engine))
		tx = &ports->port[fwd_ports_pair(ports, index)];
	stream = fwd_memory_take("fwd_stream", sizeof(*stream), (int)rx->socket);
	if (stream == NULL)
		return NULL;
	stream->rx_port = rx->id;
	stream->rx_queue = queue;
	stream->tx_port = tx->id;
	stream->tx_queue = queue;
	stream->burst = (uint16_t)options->burst;
	stream->own = tx->own;
	stream->peer = tx->peer;
	stream->pool = fwd_pools_of_port(pools, index, rx->socket);
	stream->off = rx->gone || tx->gone || rx->left_out;
	return stream;
}

/** Its packets neither come from a port nor go to one. */
static struct fwd_stream *
new_portless(const struct fwd_pools *pools, const struct fwd_options *options, unsigned int index)
{
	const struct fwd_pool *pool = &pools->pool[index % pools->nb];
	struct fwd_stream *stream;

	stream = fwd_memory_take("fwd_stream", sizeof(*stream), (int)pool->socket);
	if (stream == NULL)
		return NULL;
	stream->rx_port = RTE_MAX_ETHPORTS;
	stream->tx_port = RTE_MAX_ETHPORTS;
	stream->burst = (uint16_t)options->burst;
	stream->pool = pool->mp;
	return stream;
}

static void
count_sharers(const struct fwd_streams *streams)
{
	unsigned int i, j;

	for (i = 0; i < streams->nb; i++)
		for (j = 0; j < streams->nb; j++)
			if (streams->stream[i]->pool == streams->stream[j]->pool)
				streams->stream[i]->sharers++;
}

/** Port by port within a queue, so that the two ports of a pair fall to different lcores. */
static int
make(struct fwd_streams *streams, const struct fwd_options *options, const struct fwd_ports *ports,
     const struct fwd_pools *pools)
{
	const unsigned int nb = fwd_streams_count(options, ports);
	const unsigned int stages = per_queue(options->engine);
	unsigned int i, queue;

	streams->stream =
		fwd_memory_take("fwd_streams", nb * sizeof(streams->stream[0]), SOCKET_ID_ANY);
	if (streams->stream == NULL)
		return -1;
	for (i = 0; i < nb; i++) {
		queue = i / stages;
		if (fwd_engine_portless(options->engine))
			streams->stream[i] = new_portless(pools, options, i);
		else
			streams->stream[i] = new_stream(ports, pools, options, queue % ports->nb,
			                                (uint16_t)(queue / ports->nb));
		if (streams->stream[i] == NULL)
			return -1;
		streams->stream[i]->receives = i % stages == 0;
		streams->nb++;
	}
	count_sharers(streams);
	for (i = 0; options->engine->begin != NULL && i < nb; i += stages)
		if (options->engine->begin(&streams->stream[i], options->hold_ms) != 0)
			return -1;
	return 0;
}

int
fwd_streams_make(struct fwd_streams *streams, const struct fwd_options *options,
                 const struct fwd_ports *ports, const struct fwd_pools *pools)
{
	streams->engine = options->engine;
	if (make(streams, options, ports, pools) == 0)
		return 0;
	app_error("no memory for %u streams; give EAL more (huge pages, -m)",
	          fwd_streams_count(options, ports));
	return -1;
}

void
fwd_streams_end(struct fwd_streams *streams)
{
	unsigned int i, stages;

	if (streams->engine == NULL || streams->engine->end == NULL)
		return;
	stages = per_queue(streams->engine);
	for (i = 0; i + stages <= streams->nb; i += stages)
		streams->engine->end(&streams->stream[i]);
}

void
fwd_streams_free(struct fwd_streams *streams)
{
	unsigned int i;

	fwd_streams_end(streams);
	for (i = 0; i < streams->nb; i++)
		fwd_memory_give(streams->stream[i]);
	fwd_memory_give(streams->stream);
	streams->stream = NULL;
	streams->nb = 0;
}

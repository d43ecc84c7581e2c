/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_cycles.h>

#include "kit_engine.h"
#include "kit_packets.h"
#include "memory.h"
#include "stream.h"

/* Nothing has come for so long: all packets are lost. An lcore may lose its CPU for less. */
#define SILENCE_MS 50
#define READ_TRIES 100

static struct fwd_kit_plan plan;
/* Of streams that have ended. */
static struct fwd_kit_made ended;

/** Of a stream; its lcore writes, the main lcore reads. */
struct state {
	uint32_t first;   /* bursts to send before anything else */
	uint32_t id;      /* of the next packet made */
	bool makes;       /* packets, when none come */
	uint64_t heard;   /* when something came */
	uint64_t silence; /* cycles without anything after which packets are made again */
	/* Of bursts that are done with, counted together. */
	struct app_counter bursts;
	struct app_counter cycles;
	struct app_counter packets;
	struct app_counter made;
	struct app_counter again;
};

void
fwd_kit_engine_plan(const struct fwd_kit_plan *next)
{
	plan = *next;
	ended = (struct fwd_kit_made){0};
}

static int
begin(struct fwd_stream **streams, uint32_t hold_ms)
{
	struct fwd_stream *stream = streams[0];
	struct state *state = fwd_memory_take("fwd_kit", sizeof(*state), SOCKET_ID_ANY);

	(void)hold_ms;
	if (state == NULL)
		return -1;
	state->makes = (plan.busy >> stream->rx_port & 1) == 0;
	state->first = state->makes ? plan.bursts : 0;
	state->id = (uint32_t)stream->rx_port << 24 | (uint32_t)stream->rx_queue << 16;
	state->silence = rte_get_tsc_hz() / 1000 * SILENCE_MS;
	state->heard = rte_rdtsc();
	stream->state = state;
	return 0;
}

static void
end(struct fwd_stream **streams)
{
	struct state *state = streams[0]->state;

	if (state == NULL)
		return;
	ended.packets += app_counter_read(&state->made);
	ended.again += app_counter_read(&state->again);
	ended.drops += app_counter_read(&streams[0]->tx_drops);
	fwd_memory_give(state);
	streams[0]->state = NULL;
}

static void
make(struct fwd_stream *stream, struct state *state, bool again)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	uint16_t i;

	if (rte_mempool_get_bulk(stream->pool, (void **)packets, stream->burst) != 0)
		return;
	for (i = 0; i < stream->burst; i++)
		fwd_kit_packet_fill(packets[i], &stream->own, &stream->peer, plan.turn,
		                    state->id++);
	/* These are not forwarded: they do not count among the packets sent. */
	i = rte_eth_tx_burst(stream->tx_port, stream->tx_queue, packets, stream->burst);
	app_counter_add(&state->made, i);
	if (again)
		app_counter_add(&state->again, i);
	rte_pktmbuf_free_bulk(&packets[i], stream->burst - i);
}

static void
start_circulation(struct fwd_stream *stream, struct state *state, uint64_t now)
{
	if (state->first > 0) {
		state->first--;
		make(stream, state, false);
	} else if (now - state->heard > state->silence) {
		state->heard = now;
		make(stream, state, true);
	}
}

static void
run(struct fwd_stream *stream)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	struct state *state = stream->state;
	const uint64_t before = rte_rdtsc();
	uint16_t n = fwd_stream_receive(stream, packets);

	if (n > 0) {
		fwd_stream_transmit(stream, packets, n);
		state->heard = rte_rdtsc();
		app_counter_add(&state->bursts, 1);
		app_counter_add(&state->cycles, state->heard - before);
		app_counter_add(&state->packets, n);
	}
	if (state->makes && (n == 0 || state->first > 0))
		start_circulation(stream, state, rte_rdtsc());
}

/** Who reads may lose the CPU between two counters: they would not belong together. */
static struct fwd_kit_flow
flow_of(const struct state *state)
{
	struct fwd_kit_flow flow;
	unsigned int tries = READ_TRIES;

	do {
		flow.packets = app_counter_read(&state->packets);
		flow.bursts = app_counter_read(&state->bursts);
		flow.cycles = app_counter_read(&state->cycles);
	} while (--tries > 0 && app_counter_read(&state->packets) != flow.packets);
	return flow;
}

struct fwd_kit_flow
fwd_kit_engine_flow(const struct fwd_streams *streams)
{
	struct fwd_kit_flow all = {0};
	unsigned int i;

	for (i = 0; i < streams->nb; i++) {
		const struct fwd_kit_flow flow = flow_of(streams->stream[i]->state);

		all.packets += flow.packets;
		all.bursts += flow.bursts;
		all.cycles += flow.cycles;
	}
	return all;
}

struct fwd_kit_made
fwd_kit_engine_made(void)
{
	return ended;
}

const struct fwd_engine fwd_kit_engine = {
	.name = "io",
	.meaning = "send what is received, untouched, and count what it costs",
	.does = FWD_RECEIVES | FWD_TRANSMITS,
	.run = run,
	.begin = begin,
	.end = end,
};

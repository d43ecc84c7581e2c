/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Phases: so many frames one way, the other way, both ways. No frame may be
 * missing, damaged or there twice; no more are under way than a ring holds.
 */

#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "vmtest.h"

#define BURST      16
#define UNDER_WAY  96
#define HELLO_S    15
#define STALL_S    5
#define TRY_S      2
#define FRAMES_MAX (1u << 20)

/* One direction of a phase. */
struct flow {
	struct vm_port *from;
	struct vm_port *to;
	uint32_t phase;
	unsigned int frames;
	unsigned int sent;
	unsigned int intact;
	unsigned int others; /* of another phase, another program's, or damaged */
	unsigned int twice;
	struct rte_mbuf **ready; /* frames made already, or NULL */
	uint8_t *seen;
};

static uint64_t
seconds(unsigned int n)
{
	return rte_get_timer_cycles() + n * rte_get_timer_hz();
}

static int
flow_begin(struct flow *flow)
{
	if (flow->frames > FRAMES_MAX)
		return vm_fail("more than %u frames", FRAMES_MAX);
	flow->seen = calloc(1, flow->frames + 1);
	return flow->seen != NULL ? 0 : vm_fail("no memory");
}

static void
flow_send(struct flow *flow)
{
	struct rte_mbuf *burst[BURST];
	unsigned int n = 0;
	uint16_t sent;

	while (n < BURST && flow->sent + n < flow->frames &&
	       flow->sent + n < flow->intact + UNDER_WAY) {
		uint32_t number = flow->sent + n;

		burst[n] = flow->ready != NULL
		                   ? flow->ready[number]
		                   : vm_frame_make(flow->from->pool, flow->phase, number);
		if (burst[n] == NULL)
			break;
		n++;
	}
	sent = rte_eth_tx_burst(flow->from->id, (uint16_t)(flow->sent / BURST % vm_args.queues),
	                        burst, (uint16_t)n);
	flow->sent += sent;
	if (flow->ready == NULL)
		rte_pktmbuf_free_bulk(&burst[sent], n - sent);
}

/* Of the first queue that has any. */
static uint16_t
receive(struct vm_port *port, struct rte_mbuf **burst)
{
	unsigned int i;
	uint16_t n;

	for (i = 0; i < vm_args.queues; i++) {
		n = rte_eth_rx_burst(port->id, (uint16_t)i, burst, BURST);
		port->received[i] += n;
		if (n > 0)
			return n;
	}
	return 0;
}

static unsigned int
flow_receive(struct flow *flow)
{
	struct rte_mbuf *burst[BURST];
	uint16_t n = receive(flow->to, burst);
	uint32_t number;
	uint16_t i;

	for (i = 0; i < n; i++) {
		if (!vm_frame_intact(burst[i], flow->phase, &number) || number >= flow->frames)
			flow->others++;
		else if (flow->seen[number]++ == 0)
			flow->intact++;
		else
			flow->twice++;
	}
	rte_pktmbuf_free_bulk(burst, n);
	return n;
}

/* Until all have arrived, or none arrives for a while. */
static int
flows_run(struct flow *flows, unsigned int n)
{
	uint64_t end = seconds(STALL_S);
	unsigned int done;
	unsigned int i;

	do {
		done = 0;
		for (i = 0; i < n; i++) {
			struct flow *flow = &flows[i];

			flow_send(flow);
			if (flow_receive(flow) > 0)
				end = seconds(STALL_S);
			done += flow->intact == flow->frames;
		}
	} while (done < n && rte_get_timer_cycles() < end);
	for (i = 0; i < n; i++) {
		const struct flow *flow = &flows[i];

		vm_verified += flow->intact;
		if (flow->intact != flow->frames || flow->twice != 0 || flow->others != 0)
			return vm_fail("phase %u, port %u to port %u: of %u frames %u sent, %u "
			               "arrived intact, %u twice, %u others",
			               flow->phase, flow->from->id, flow->to->id, flow->frames,
			               flow->sent, flow->intact, flow->twice, flow->others);
	}
	return 0;
}

static int
phase(uint32_t id, bool there, bool back)
{
	struct flow flows[2] = {
		{.from = &vm_port[0], .to = &vm_port[1], .phase = id, .frames = vm_args.frames},
		{.from = &vm_port[1], .to = &vm_port[0], .phase = id + 1, .frames = vm_args.frames},
	};
	struct flow *first = there ? &flows[0] : &flows[1];
	int ret = -1;

	if (flow_begin(&flows[0]) == 0 && flow_begin(&flows[1]) == 0)
		ret = flows_run(first, there && back ? 2 : 1);
	free(flows[0].seen);
	free(flows[1].seen);
	return ret;
}

/* With more than one, frames of many flows must come in on each. */
static int
on_all_queues(const struct vm_port *port)
{
	unsigned int i;

	for (i = 0; i < vm_args.queues; i++) {
		if (vm_args.queues > 1)
			vm_say("port %u, queue %u: %u frames came in", port->id, i,
			       port->received[i]);
		if (port->received[i] == 0)
			return vm_fail("port %u, queue %u: no frame came in", port->id, i);
	}
	return 0;
}

int
vm_phases(uint32_t first)
{
	if (phase(first, true, false) != 0 || phase(first + 2, false, true) != 0 ||
	    phase(first + 4, true, true) != 0 || on_all_queues(&vm_port[0]) != 0)
		return -1;
	return on_all_queues(&vm_port[1]);
}

/* What came in before belongs to nobody: throw it away until it is quiet. */
static void
drain(void)
{
	struct rte_mbuf *burst[BURST];
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / 10;
	unsigned int i;
	uint16_t n;

	while (rte_get_timer_cycles() < end) {
		for (i = 0; i < VM_PORTS; i++) {
			n = receive(&vm_port[i], burst);
			rte_pktmbuf_free_bulk(burst, n);
			if (n > 0)
				end = rte_get_timer_cycles() + rte_get_timer_hz() / 10;
		}
	}
}

static bool
hello(struct vm_port *from, struct vm_port *to, uint32_t id, uint32_t number)
{
	struct rte_mbuf *m = vm_frame_make(from->pool, id, number);
	struct rte_mbuf *burst[BURST];
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / 20;
	uint32_t got;
	bool found = false;
	uint16_t n;
	uint16_t i;

	if (m != NULL && rte_eth_tx_burst(from->id, 0, &m, 1) == 0)
		rte_pktmbuf_free(m);
	while (!found && rte_get_timer_cycles() < end) {
		n = receive(to, burst);
		for (i = 0; i < n; i++)
			found |= vm_frame_intact(burst[i], id, &got);
		rte_pktmbuf_free_bulk(burst, n);
	}
	return found;
}

int
vm_hello(void)
{
	uint64_t end = seconds(HELLO_S);
	uint32_t number = 0;

	while (!hello(&vm_port[0], &vm_port[1], 0xfffffff1u, number++) ||
	       !hello(&vm_port[1], &vm_port[0], 0xfffffff2u, number++)) {
		if (rte_get_timer_cycles() > end) {
			vm_ports_show();
			return vm_fail("no frame gets through in %d seconds", HELLO_S);
		}
	}
	drain();
	return 0;
}

/* The frames of a pool that are the first met in their page; the rest goes back. */
static unsigned int
one_of_each_page(struct rte_mempool *mp, struct rte_mbuf **kept)
{
	unsigned int avail = rte_mempool_avail_count(mp);
	struct rte_mbuf **all = calloc(avail, sizeof(*all));
	struct vm_chunk *chunks;
	unsigned int n = vm_chunks(mp, &chunks, false);
	uint8_t *met = calloc(1, n);
	unsigned int pages = 0;
	unsigned int got = 0;
	unsigned int low;
	unsigned int i;

	if (all == NULL || met == NULL)
		return 0;
	while (got < avail && (all[got] = rte_pktmbuf_alloc(mp)) != NULL)
		got++;
	for (i = 0; i < got; i++) {
		unsigned int high = n;

		for (low = 0; high - low > 1;) {
			unsigned int mid = (low + high) / 2;

			if ((uintptr_t)all[i] >= (uintptr_t)chunks[mid].at)
				low = mid;
			else
				high = mid;
		}
		if (met[low]++ == 0)
			kept[pages++] = all[i];
		else
			rte_pktmbuf_free(all[i]);
		met[low] = 1;
	}
	free(all);
	free(met);
	free(chunks);
	return pages;
}

int
vm_every_page(uint32_t id)
{
	struct flow flow = {.from = &vm_port[0], .to = &vm_port[1], .phase = id};
	struct rte_mbuf **kept = calloc(vm_port[0].pool->size, sizeof(*kept));
	unsigned int i;
	int ret;

	if (kept == NULL)
		return vm_fail("no memory");
	flow.frames = one_of_each_page(flow.from->pool, kept);
	flow.ready = kept;
	for (i = 0; i < flow.frames; i++)
		vm_frame_fill(kept[i], id, i);
	ret = flow.frames > 0 && flow_begin(&flow) == 0 ? flows_run(&flow, 1) : -1;
	for (i = flow.sent; i < flow.frames; i++)
		rte_pktmbuf_free(kept[i]);
	free(flow.seen);
	free(kept);
	vm_say("a frame out of each of %u pages", flow.frames);
	return ret;
}

unsigned int
vm_try(uint32_t id, unsigned int frames)
{
	struct flow flow = {.from = &vm_port[0], .to = &vm_port[1], .phase = id, .frames = frames};
	uint64_t end = seconds(TRY_S);

	if (flow_begin(&flow) != 0)
		return 0;
	while (rte_get_timer_cycles() < end) {
		/* Send on, whether anything arrives or not. */
		if (flow.sent < frames)
			flow_send(&flow);
		flow_receive(&flow);
	}
	vm_say("phase %u without mappings: %u sent, %u arrived intact, %u otherwise", id, flow.sent,
	       flow.intact, flow.others);
	free(flow.seen);
	return flow.intact;
}

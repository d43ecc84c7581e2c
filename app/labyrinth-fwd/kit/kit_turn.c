/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "app_clock.h"
#include "app_message.h"
#include "kit_engine.h"
#include "kit_log.h"
#include "kit_machine.h"
#include "kit_packets.h"
#include "kit_turn.h"
#include "stop.h"

/* Links of fast NICs take seconds to come up again. */
#define LINK_MS 9000
/* More than this in so short a time is traffic; less are neighbours that say hello. */
#define LISTEN_MS 50
#define HELLOS    32
/* What was sent last has arrived by then, unless the machine is very busy. */
#define ARRIVE_MS   10
#define PATIENCE_MS 200
/* Descriptors, where the driver does not tell: what QEMU's virtio has. */
#define MODEST   256u
#define READY_MS 1

/** The row has failed, for this reason. */
static int
fail(struct fwd_kit_row *row, const char *why)
{
	row->failed = true;
	snprintf(row->why, sizeof(row->why), "not made: %s", why);
	return -1;
}

/** Why there are no pools: labyrinth knows best. */
static const char *
why_no_pools(void)
{
	const char *words = fwd_kit_log_words();

	return words[0] != '\0' ? words : app_last_error();
}

static void
retire(struct fwd_kit_bench *bench, unsigned int set)
{
	fwd_kit_late_free(&bench->late, false);
	fwd_kit_late_add(&bench->late, &bench->session->pools[set], &bench->rows[bench->row].fate);
}

int
fwd_kit_turn_change(struct fwd_kit_bench *bench, unsigned int number)
{
	struct fwd_session *session = bench->session;
	const unsigned int old = session->current, next = 1 - old;
	struct fwd_pools *pools = &session->pools[next];
	struct fwd_kit_row *row = &bench->rows[number];

	if (bench->fresh && bench->row == number)
		return 0;
	fwd_kit_log_clear();
	if (fwd_kit_pools_make(pools, &fwd_kit_kinds[number], ++bench->set, session->options,
	                       &session->ports) != 0)
		return fail(row, why_no_pools());
	snprintf(row->why, sizeof(row->why), "%s", fwd_kit_log_words());
	if (fwd_ports_stop(&session->ports) != 0 ||
	    fwd_ports_start(&session->ports, session->options, pools) != 0) {
		/* Queues may have taken buffers of them: nobody knows, so they stay. */
		fwd_ports_stop(&session->ports);
		pools->left = true;
		fwd_pools_free(pools);
		return fail(row, app_last_error());
	}
	fwd_kit_pools_describe(pools, &row->memory);
	/* Only now have queues let go of the old ones, if they do so at all. */
	retire(bench, old);
	session->current = next;
	bench->row = number;
	bench->fresh = true;
	fwd_ports_wait_link(&session->ports, LINK_MS);
	return 0;
}

void
fwd_kit_turn_listen(struct fwd_kit_bench *bench)
{
	const struct fwd_session *session = bench->session;
	const double end = app_seconds() + LISTEN_MS / 1e3;
	uint64_t heard[FWD_MAX_PORTS] = {0};
	unsigned int i;

	do {
		for (i = 0; i < session->ports.nb; i++)
			heard[i] += fwd_ports_drain_one(&session->ports.port[i], session->options,
			                                FWD_MAX_BURST);
	} while (app_seconds() < end);
	bench->busy = 0;
	for (i = 0; i < session->ports.nb; i++)
		if (heard[i] > HELLOS || heard[fwd_ports_pair(&session->ports, i)] > HELLOS)
			bench->busy |= UINT64_C(1) << session->ports.port[i].id;
}

/** Packets that fill half of the smallest queue, so that none has to be dropped. */
static uint32_t
bursts_to_send(const struct fwd_session *session)
{
	const struct fwd_options *options = session->options;
	uint32_t least = UINT16_MAX;
	uint16_t rxd, txd;
	unsigned int i;

	if (options->tx_first > 0)
		return options->tx_first;
	for (i = 0; i < session->ports.nb; i++) {
		if (!fwd_kit_ports_descriptors(&session->ports.port[i], &rxd, &txd))
			least = RTE_MIN(least, MODEST);
		least = RTE_MIN(least, rxd);
		least = RTE_MIN(least, txd);
	}
	return RTE_MAX(least / 2 / options->burst, 1u);
}

/** Returns 0, 1 when asked to stop, or -1 when a port has gone (one line was printed). */
static int
forward_for(double seconds)
{
	const double end = app_seconds() + seconds;
	double left;

	while ((left = end - app_seconds()) > 0) {
		if (fwd_stop_wait((uint64_t)(left * 1000) + 1))
			return 1;
		if (fwd_ports_gone() != 0) {
			app_error("a port has gone while it was measured");
			return -1;
		}
	}
	return 0;
}

/** Look at what one queue still has, and free it. */
static void
collect_queue(const struct fwd_kit_bench *bench, struct fwd_kit_row *row, uint16_t port,
              uint16_t queue)
{
	const struct fwd_session *session = bench->session;
	struct rte_mbuf *packets[FWD_MAX_BURST];
	/* A virtual port may make packets for ever. */
	unsigned int limit = session->pools[session->current].pool[0].mp->size;
	uint16_t n, i;

	do {
		n = rte_eth_rx_burst(port, queue, packets, 32);
		for (i = 0; i < n; i++)
			row->intact += fwd_kit_packet_intact(packets[i], bench->set);
		rte_pktmbuf_free_bulk(packets, n);
		row->left += n;
		limit -= RTE_MIN(n, limit);
	} while (n > 0 && limit > 0);
}

/** What comes from outside tells nothing: only what was made here is looked at. */
static void
collect(const struct fwd_kit_bench *bench, struct fwd_kit_row *row)
{
	const struct fwd_session *session = bench->session;
	unsigned int i;
	uint32_t q;

	for (i = 0; i < session->ports.nb; i++) {
		const struct fwd_port *port = &session->ports.port[i];

		if ((bench->busy >> port->id & 1) != 0) {
			(void)fwd_ports_drain_one(port, session->options, UINT16_MAX);
			continue;
		}
		for (q = 0; q < session->options->rxq; q++)
			collect_queue(bench, row, port->id, (uint16_t)q);
	}
}

/** Until all are there, or some are late beyond patience. */
static void
collect_all(const struct fwd_kit_bench *bench, struct fwd_kit_row *row,
            const struct fwd_kit_made *made)
{
	const double end = app_seconds() + PATIENCE_MS / 1e3;
	const uint64_t before = row->left;

	do
		collect(bench, row);
	while (row->left - before + made->drops < made->packets && app_seconds() < end);
}

/** Median of a mempool get, of all lcores; only when they have stopped. */
static double
get_cycles(const struct fwd_lcores *lcores)
{
	static struct app_histogram all;
	unsigned int i;

	app_histogram_reset(&all);
	for (i = 0; i < lcores->nb; i++)
		app_histogram_merge(&all, &lcores->lcore[i]->meter.cycles);
	return (double)app_histogram_percentile(&all, 5000);
}

static struct fwd_kit_figures
figures_between(const struct fwd_kit_flow *from, const struct fwd_kit_flow *to, double seconds)
{
	const double packets = (double)(to->packets - from->packets);
	const double bursts = (double)(to->bursts - from->bursts);
	const double cycles = (double)(to->cycles - from->cycles);

	return (struct fwd_kit_figures){
		.rate = packets / seconds,
		.cycles = packets > 0 ? cycles / packets : 0,
		.fill = bursts > 0 ? packets / bursts : 0,
	};
}

/** Wait until all lcores have begun; as forward_for(). */
static int
wait_ready(const struct fwd_lcores *lcores)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < lcores->nb; i++)
		while (ret == 0 &&
		       !atomic_load_explicit(&lcores->lcore[i]->ready, memory_order_acquire))
			ret = forward_for(READY_MS / 1e3);
	return ret;
}

/** The part of a turn in which lcores forward. As fwd_kit_turn_take(). */
static int
measure(struct fwd_kit_bench *bench, double seconds, struct fwd_kit_figures *figures)
{
	const struct fwd_lcores *lcores = &bench->session->lcores;
	struct fwd_kit_flow from, to;
	double begin;
	int ret = wait_ready(lcores);

	if (ret == 0)
		ret = forward_for(seconds / 10);
	if (ret != 0)
		return ret;
	fwd_kit_counters_begin(&bench->counters);
	from = fwd_kit_engine_flow(&lcores->streams);
	begin = app_seconds();
	ret = forward_for(seconds * 9 / 10);
	to = fwd_kit_engine_flow(&lcores->streams);
	*figures = figures_between(&from, &to, app_seconds() - begin);
	fwd_kit_counters_end(&bench->counters, bench->row);
	return ret;
}

/** What a turn leaves in its row, once its lcores have stopped. */
static void
add_turn(struct fwd_kit_bench *bench, struct fwd_kit_figures *figures)
{
	struct fwd_kit_row *row = &bench->rows[bench->row];
	const struct fwd_kit_made made = fwd_kit_engine_made();
	const int64_t faults = fwd_kit_kernel_faults(&bench->kernel);

	collect_all(bench, row, &made);
	figures->get = get_cycles(&bench->session->lcores);
	row->figures[row->turns++] = *figures;
	row->made += made.packets;
	row->again += made.again;
	row->drops += made.drops;
	row->faults = faults < 0 ? -1 : row->faults + faults;
}

int
fwd_kit_turn_take(struct fwd_kit_bench *bench, double seconds)
{
	struct fwd_session *session = bench->session;
	struct fwd_kit_figures figures = {0};
	int ret;

	fwd_kit_engine_plan(&(struct fwd_kit_plan){
		.busy = bench->busy,
		.bursts = bursts_to_send(session),
		.turn = bench->set,
	});
	if (fwd_session_start(session, 0) != 0)
		return -1;
	bench->fresh = false;
	ret = measure(bench, seconds, &figures);
	fwd_session_stop(session);
	rte_delay_us_sleep(ARRIVE_MS * 1000);
	if (ret == 0)
		add_turn(bench, &figures);
	return ret;
}

void
fwd_kit_turn_end(struct fwd_kit_bench *bench)
{
	struct fwd_session *session = bench->session;

	fwd_session_stop(session);
	fwd_ports_drain(&session->ports, session->options, UINT16_MAX);
	fwd_ports_close(&session->ports);
	retire(bench, session->current);
	fwd_kit_late_free(&bench->late, true);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_lcore.h>
#include <rte_mempool_labyrinth.h>

#include "app_clock.h"
#include "app_message.h"
#include "packet.h"
#include "secondary.h"
#include "session.h"
#include "stop.h"
#include "syscalls.h"
#include "vdevs.h"

/* Nobody may wake us from a thread that makes no system call. */
#define LOCKDOWN_POLL_MS 250

static int
make_pools(struct fwd_session *session, unsigned int nb_lcores)
{
	const struct fwd_options *o = session->options;
	const struct fwd_ports *ports = &session->ports;
	const struct fwd_demand demand = {
		.descriptors = fwd_ports_descriptors(ports, o),
		.lcores = nb_lcores + 1,
	};
	unsigned int i, j;
	uint32_t size;

	size = fwd_pools_size(o, &demand);
	for (j = 0; j < session->nb_pools; j++)
		for (i = 0; i < ports->nb; i++)
			if (fwd_pools_add(&session->pools[j], o, ports->port[i].socket, size) != 0)
				return -1;
	return 0;
}

static int
choose_handlers(struct fwd_session *session)
{
	const struct fwd_handlers *compare = &session->options->compare;
	unsigned int i;

	session->nb_pools = RTE_MAX(compare->nb, 1u);
	session->pools[0].ops = session->options->pool_ops;
	session->pools[0].options = session->options->pool_options;
	for (i = 0; i < compare->nb; i++) {
		session->pools[i].ops = compare->name[i];
		session->pools[i].options = compare->options[i][0] != '\0'
		                                    ? compare->options[i]
		                                    : session->options->pool_options;
		session->pools[i].set = i;
		if (fwd_pools_check_ops("compare", compare->name[i]) != 0)
			return -1;
	}
	return compare->nb > 0 ? 0 : fwd_pools_check_ops("pool-ops", session->pools[0].ops);
}

/** Called by the lcore that tripped. */
static void
on_violation(const struct rte_labyrinth_violation *violation, void *arg)
{
	struct fwd_lcores *lcores = arg;
	struct fwd_lcore *lcore = fwd_lcores_of_id(lcores, violation->lcore);

	if (lcore != NULL)
		atomic_fetch_add_explicit(&lcore->violations, 1, memory_order_relaxed);
}

static int
open_secondary(struct fwd_session *session)
{
	session->nb_pools = 1;
	if (fwd_secondary_check(session->options) != 0 || fwd_lcores_count(session->options) < 0 ||
	    fwd_secondary_pool(&session->pools[0], session->options->pool) != 0 ||
	    fwd_secondary_watch() != 0)
		return -1;
	rte_labyrinth_violation_cb_set(on_violation, &session->lcores);
	return 0;
}

int
fwd_session_open(struct fwd_session *session)
{
	int nb_lcores;

	if (fwd_secondary())
		return open_secondary(session);
	nb_lcores = fwd_lcores_count(session->options);
	if (nb_lcores < 0 || fwd_vdevs_check(session->arguments) != 0 ||
	    choose_handlers(session) != 0 ||
	    fwd_ports_find(&session->ports, session->options) != 0 ||
	    make_pools(session, (unsigned int)nb_lcores) != 0 ||
	    fwd_ports_start(&session->ports, session->options, &session->pools[0]) != 0 ||
	    fwd_ports_watch() != 0)
		return -1;
	rte_labyrinth_violation_cb_set(on_violation, &session->lcores);
	return 0;
}

struct fwd_view
fwd_session_view(const struct fwd_session *session)
{
	return (struct fwd_view){session->options, &session->ports,
	                         &session->pools[session->current], &session->lcores,
	                         &session->recovery.done};
}

/** Send a few bursts before any lcore forwards: a loop of ports has no packets by itself. */
static void
send_first(struct fwd_session *session, uint32_t bursts)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	unsigned int i, j;

	for (i = 0; i < session->lcores.streams.nb * bursts; i++) {
		struct fwd_stream *stream = session->lcores.streams.stream[i / bursts];

		if (stream->off || fwd_engine_portless(session->options->engine) ||
		    (stream->receives && (session->options->engine->does & FWD_STAGES) != 0))
			continue;
		if (rte_mempool_get_bulk(stream->pool, (void **)packets, stream->burst) != 0)
			return;
		for (j = 0; j < stream->burst; j++)
			fwd_packet_fill(packets[j], &stream->own, &stream->peer, (uint16_t)j);
		fwd_stream_transmit(stream, packets, stream->burst);
	}
}

static int
check_started(const struct fwd_options *options, const struct fwd_ports *ports)
{
	unsigned int i, usable = 0;

	if (fwd_engine_portless(options->engine))
		return 0;
	if (fwd_secondary()) {
		app_error("mode %s: needs ports, which only the primary process has; a secondary "
		          "process takes mode alloc",
		          options->engine->name);
		return -1;
	}
	for (i = 0; i < ports->nb; i++) {
		if (!ports->port[i].gone && !ports->port[i].started) {
			app_error("port %u is stopped; give port start %u (or all)",
			          ports->port[i].id, ports->port[i].id);
			return -1;
		}
		usable += !ports->port[i].gone;
	}
	if (usable == 0)
		app_error("no port is left to forward with");
	return usable > 0 ? 0 : -1;
}

int
fwd_session_start(struct fwd_session *session, uint32_t tx_first)
{
	const struct fwd_options *options = session->options;

	if (session->lcores.running) {
		app_error("forwarding runs already; give stop first");
		return -1;
	}
	fwd_lcores_free(&session->lcores);
	session->seconds = 0;
	if (check_started(options, &session->ports) != 0 ||
	    fwd_options_check_queues(options) != 0 ||
	    (options->lockdown && fwd_lockdown_init() != 0) ||
	    fwd_lcores_assign(&session->lcores, options, &session->ports,
	                      &session->pools[session->current]) != 0) {
		fwd_lcores_free(&session->lcores);
		return -1;
	}
	if (tx_first > 0)
		send_first(session, tx_first);
	session->begin = app_seconds();
	return fwd_lcores_launch(&session->lcores);
}

void
fwd_session_stop(struct fwd_session *session)
{
	if (!session->lcores.running)
		return;
	fwd_lcores_stop(&session->lcores);
	session->seconds = app_seconds() - session->begin;
}

double
fwd_session_seconds(const struct fwd_session *session)
{
	return session->lcores.running ? app_seconds() - session->begin : session->seconds;
}

void
fwd_session_lose_port(struct fwd_session *session, struct fwd_port *port)
{
	if (port->gone)
		return;
	if (session->lcores.running && !fwd_lcores_leave_port(&session->lcores, port->id))
		return;
	/* A device that is really gone has nothing to give. */
	(void)fwd_ports_drain_one(port, session->options, session->pools[0].pool[0].mp->size);
	fwd_ports_give_up(port);
	app_notice("port %u (%s) is gone; going on without it", port->id, port->name);
}

/** Is a lcore not as locked down as it should be? Then say so in one line. */
static bool
lockdown_failed(const struct fwd_lcores *lcores)
{
	const struct fwd_lcore *lcore = fwd_lcores_offender(lcores);
	unsigned int i;
	int error, number;

	for (i = 0; i < lcores->nb; i++) {
		if (!atomic_load_explicit(&lcores->lcore[i]->ready, memory_order_acquire))
			continue;
		error = lcores->lcore[i]->lockdown.error;
		if (error != 0) {
			app_error("--lockdown: lcore %u: no seccomp filter: %s; leave it out",
			          lcores->lcore[i]->id, strerror(error));
			return true;
		}
	}
	if (lcore == NULL)
		return false;
	number = atomic_load(&lcore->lockdown.first);
	if (atomic_load(&lcore->violations) > 0)
		app_error("--lockdown: lcore %u had to report a violation of the pool's rules, "
		          "with system calls such as %s; the report stands above",
		          lcore->id, fwd_syscall_name(number));
	else
		app_error("--lockdown: lcore %u tried the system call %s (number %d): refused; a "
		          "driver of its ports needs it, so leave out --lockdown or the port",
		          lcore->id, fwd_syscall_name(number), number);
	return true;
}

int
fwd_session_poll(struct fwd_session *session)
{
	uint64_t gone = fwd_ports_gone();
	unsigned int i;

	if (fwd_secondary_orphaned()) {
		session->orphaned = true;
		fwd_session_stop(session);
		return -1;
	}
	if (!fwd_secondary())
		fwd_recovery_poll(&session->recovery, app_seconds());
	for (i = 0; i < session->ports.nb; i++)
		if ((gone & UINT64_C(1) << session->ports.port[i].id) != 0)
			fwd_session_lose_port(session, &session->ports.port[i]);
	if (!session->lcores.running || !session->options->lockdown ||
	    !lockdown_failed(&session->lcores))
		return 0;
	session->failed = true;
	fwd_session_stop(session);
	return -1;
}

uint64_t
fwd_session_patience(const struct fwd_session *session)
{
	return session->lcores.running && session->options->lockdown ? LOCKDOWN_POLL_MS
	                                                             : FWD_RECOVERY_MS;
}

/** A secondary process leaves pools and ports to its primary. */
static int
secondary_count_back(struct fwd_session *session)
{
	/* It may have ended while a signal or a command was what ended this process. */
	if (fwd_secondary_orphaned())
		session->orphaned = true;
	fwd_summary_pools(session->pools, session->nb_pools);
	return session->failed || session->orphaned ? -1 : 0;
}

/** Without the pools, who still uses them would end with SIGSEGV. */
static void
leave_pools(struct fwd_session *session)
{
	unsigned int i;

	for (i = 0; i < session->nb_pools; i++)
		session->pools[i].left = true;
}

int
fwd_session_count_back(struct fwd_session *session)
{
	uint64_t lost;

	fwd_session_stop(session);
	if (fwd_secondary())
		return secondary_count_back(session);
	if (!fwd_recovery_end_secondaries())
		leave_pools(session);
	fwd_recovery_finish(&session->recovery);
	fwd_ports_drain(&session->ports, session->options, session->pools[0].pool[0].mp->size);
	fwd_ports_close(&session->ports);
	lost = fwd_summary_pools(session->pools, session->nb_pools);
	fwd_summary_recovery(&session->recovery.done);
	if (lost != 0) {
		app_error("%" PRIu64 " buffers are not back in their pool", lost);
		return -1;
	}
	return session->failed ? -1 : 0;
}

/** Why forwarding has ended, for the summary. */
static const char *
why_ended(const struct fwd_session *session)
{
	if (fwd_lcores_offender(&session->lcores) != NULL)
		return "a system call was refused";
	if (fwd_secondary_orphaned())
		return "the primary process has ended";
	if (fwd_stop_signal() != 0)
		return strsignal(fwd_stop_signal());
	return session->options->interactive ? "quit" : "time is up";
}

int
fwd_session_close(struct fwd_session *session)
{
	struct fwd_view view;

	fwd_session_stop(session);
	view = fwd_session_view(session);
	fwd_summary_print(&view, session->seconds, why_ended(session));
	return fwd_session_count_back(session);
}

void
fwd_session_free(struct fwd_session *session)
{
	unsigned int i;

	rte_labyrinth_violation_cb_set(NULL, NULL);
	fwd_session_stop(session);
	fwd_ports_close(&session->ports);
	fwd_lcores_free(&session->lcores);
	for (i = 0; i < session->nb_pools; i++)
		fwd_pools_free(&session->pools[i]);
}

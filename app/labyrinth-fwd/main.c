/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "app_arguments.h"
#include "embedded.h"
#include "lcores.h"
#include "app_message.h"
#include "options.h"
#include "packet.h"
#include "pools.h"
#include "ports.h"
#include "report.h"
#include "stop.h"
#include "vdevs.h"

const char app_name[] = "labyrinth-fwd";

struct fwd_app {
	struct app_arguments arguments;
	struct fwd_options options;
	struct fwd_ports ports;
	struct fwd_pools pools;
	struct fwd_lcores lcores;
};

static double
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
make_pools(struct fwd_app *app, unsigned int nb_lcores)
{
	struct fwd_demand demand = {.lcores = nb_lcores + 1};
	const struct fwd_options *o = &app->options;
	unsigned int i;
	uint32_t size;

	for (i = 0; i < app->ports.nb; i++)
		demand.descriptors += (uint64_t)o->rxq * app->ports.port[i].rxd +
		                      (uint64_t)o->txq * app->ports.port[i].txd;
	size = fwd_pools_size(o, &demand);
	for (i = 0; i < app->ports.nb; i++)
		if (fwd_pools_add(&app->pools, o, app->ports.port[i].socket, size) != 0)
			return -1;
	return 0;
}

/** Send a few bursts before any lcore forwards: a loop of ports has no packets by itself. */
static void
send_first(struct fwd_app *app)
{
	struct rte_mbuf *packets[FWD_MAX_BURST];
	unsigned int bursts, i, j;

	for (i = 0; i < app->lcores.nb_streams; i++) {
		struct fwd_stream *stream = app->lcores.streams[i];

		for (bursts = 0; bursts < app->options.tx_first; bursts++) {
			if (rte_mempool_get_bulk(stream->pool, (void **)packets, stream->burst) !=
			    0)
				return;
			for (j = 0; j < stream->burst; j++)
				fwd_packet_fill(packets[j], &stream->own, &stream->peer,
				                (uint16_t)j);
			fwd_stream_transmit(stream, packets, stream->burst);
		}
	}
}

/** Sleep and print until it is time to stop. */
static void
watch(const struct fwd_view *view, double begin)
{
	const double duration = view->options->duration;
	const double period = view->options->stats_period;
	double now = 0, next = period, until;

	for (;;) {
		until = duration > 0 ? duration : now + 3600;
		if (period > 0 && next < until)
			until = next;
		if (fwd_stop_wait(until > now ? (uint64_t)((until - now) * 1000) + 1 : 0))
			return;
		now = seconds_now() - begin;
		if (period > 0 && now >= next) {
			fwd_live_print(view, now);
			next += period;
		}
		if (duration > 0 && now >= duration)
			return;
	}
}

static int
forward(struct fwd_app *app)
{
	const struct fwd_view view = {&app->options, &app->ports, &app->pools, &app->lcores};
	double begin;

	fwd_report_setup(&view);
	fwd_ports_wait_link(&app->ports);
	if (app->options.tx_first > 0)
		send_first(app);
	begin = seconds_now();
	if (fwd_lcores_launch(&app->lcores) != 0)
		return -1;
	watch(&view, begin);
	fwd_lcores_stop(&app->lcores);
	fwd_summary_print(&view, seconds_now() - begin);
	return 0;
}

/** Everything between the start of EAL and its end. */
static int
run(struct fwd_app *app)
{
	int nb_lcores = fwd_lcores_count(&app->options);
	uint64_t lost;

	if (nb_lcores < 0 || fwd_vdevs_check(&app->arguments) != 0 ||
	    fwd_pools_check_ops(&app->options) != 0 ||
	    fwd_ports_find(&app->ports, &app->options) != 0 ||
	    make_pools(app, (unsigned int)nb_lcores) != 0 ||
	    fwd_lcores_assign(&app->lcores, &app->options, &app->ports, &app->pools) != 0 ||
	    fwd_ports_start(&app->ports, &app->options, &app->pools) != 0 || forward(app) != 0)
		return -1;
	fwd_ports_drain(&app->ports, &app->options, app->pools.pool[0].mp->size);
	fwd_ports_close(&app->ports);
	lost = fwd_summary_pools(&app->pools);
	if (lost != 0) {
		app_error("%" PRIu64 " buffers are not back in their pool", lost);
		return -1;
	}
	return 0;
}

static int
choose_arguments(struct fwd_app *app, int argc)
{
	struct app_arguments *arguments = &app->arguments;
	struct fwd_options *options = &app->options;
	bool chosen = arguments->eal_argc <= 1;
	int i;

	if (argc <= 1)
		options->duration = FWD_EMBEDDED_DURATION;
	if (!chosen && !options->embedded)
		return 0;
	options->embedded = true;
	fwd_embedded_traffic(options);
	if (!chosen)
		return fwd_embedded_ports(arguments, options);
	if (fwd_embedded_eal(arguments, options) != 0)
		return -1;
	printf("EAL options chosen:");
	for (i = 1; i < arguments->eal_argc; i++)
		printf(" %s", arguments->eal_argv[i]);
	printf("\n");
	fflush(stdout);
	return 0;
}

static int
start_eal(struct fwd_app *app)
{
	if (app_arguments_start_eal(&app->arguments) < 0) {
		app_error("EAL did not start: %s; EAL's own lines above say which option, "
		          "lcore or memory it refused",
		          rte_strerror(rte_errno));
		return -1;
	}
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		app_error("--proc-type: a primary process is needed, for it configures the ports");
		rte_eal_cleanup();
		return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	static struct fwd_app app;
	int ret = -1;

	if (fwd_stop_init() != 0 ||
	    app_arguments_split(&app.arguments, argc, argv, fwd_options_is_own) != 0 ||
	    fwd_options_parse(app.arguments.own_argc, app.arguments.own_argv, &app.options) != 0)
		goto end;
	if (app.options.help || app.arguments.help) {
		fwd_options_help();
		ret = 0;
		goto end;
	}
	if (choose_arguments(&app, argc) != 0 || start_eal(&app) != 0)
		goto end;
	ret = run(&app);
	fwd_ports_close(&app.ports);
	fwd_lcores_free(&app.lcores);
	fwd_pools_free(&app.pools);
	rte_eal_cleanup();
end:
	app_arguments_free(&app.arguments);
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_version.h>

#include "app_arguments.h"
#include "app_message.h"
#include "app_version.h"
#include "compare.h"
#include "doctor.h"
#include "embedded.h"
#include "kit.h"
#include "options.h"
#include "prompt.h"
#include "secondary.h"
#include "session.h"
#include "stop.h"

struct fwd_app {
	struct app_arguments arguments;
	struct fwd_options options;
	struct fwd_session session;
	struct fwd_kit kit;
};

/** Sleep and print until it is time to stop. */
static void
watch(struct fwd_session *session)
{
	const struct fwd_view view = fwd_session_view(session);
	const double duration = view.options->duration;
	const double period = view.options->stats_period;
	double now = 0, next = period, until;

	for (;;) {
		until = now + (double)fwd_session_patience(session) / 1000;
		if (duration > 0 && duration < until)
			until = duration;
		if (period > 0 && next < until)
			until = next;
		if (fwd_stop_wait(until > now ? (uint64_t)((until - now) * 1000) + 1 : 0) ||
		    fwd_session_poll(session) != 0)
			return;
		now = fwd_session_seconds(session);
		if (period > 0 && now >= next) {
			fwd_live_print(&view, now);
			next += period;
		}
		if (duration > 0 && now >= duration)
			return;
	}
}

/** Forward at once, until time is up or a signal comes. */
static int
forward(struct fwd_session *session)
{
	struct fwd_view view;

	fwd_ports_wait_link(&session->ports, FWD_LINK_MS);
	if (fwd_session_start(session, session->options->tx_first) != 0)
		return -1;
	view = fwd_session_view(session);
	fwd_report_setup(&view);
	watch(session);
	return fwd_session_close(session);
}

/** Everything between the start of EAL and its end. */
static int
run(struct fwd_app *app)
{
	struct fwd_session *session = &app->session;

	session->arguments = &app->arguments;
	session->options = &app->options;
	if (app->options.nic_report != NULL)
		return fwd_kit_run(&app->kit, session);
	if (fwd_session_open(session) != 0)
		return -1;
	if (app->options.compare.nb > 0)
		return fwd_compare(session);
	return app->options.interactive ? fwd_prompt(session) : forward(session);
}

static int
choose_arguments(struct fwd_app *app, int argc)
{
	struct app_arguments *arguments = &app->arguments;
	struct fwd_options *options = &app->options;
	/* A report is about the machine's own ports. */
	bool chosen = arguments->eal_argc <= 1 && options->nic_report == NULL;
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
		if (fwd_secondary() && !rte_eal_primary_proc_alive(NULL)) {
			app_error("--proc-type=secondary: no primary process with this "
			          "--file-prefix runs; start it first");
			return -1;
		}
		app_error("EAL did not start: %s; EAL's own lines above say which option, "
		          "lcore or memory it refused",
		          rte_strerror(rte_errno));
		/* Of a bad option EAL's own line says all. */
		if (!fwd_secondary() && rte_errno != EINVAL) {
			printf("\nWhat --doctor sees:\n");
			fwd_doctor(&app->arguments, &app->options);
		}
		return -1;
	}
	if (!fwd_secondary() && app->options.pool != NULL) {
		app_error("--pool=%s: only in a secondary process (--proc-type=secondary before "
		          "--)",
		          app->options.pool);
		rte_eal_cleanup();
		return -1;
	}
	return 0;
}

/** As the first word these need no `--` before them: the only options of their kind. */
static bool
stands_alone(const char *word)
{
	static const char report[] = "--nic-report";

	return strcmp(word, "--doctor") == 0 || strcmp(word, report) == 0 ||
	       (strncmp(word, report, sizeof(report) - 1) == 0 && word[sizeof(report) - 1] == '=');
}

static int
split(struct fwd_app *app, int argc, char **argv)
{
	if (argc > 1 && stands_alone(argv[1])) {
		if (app_arguments_split(&app->arguments, 1, argv, fwd_options_is_own) != 0)
			return -1;
		app->arguments.own_argc = argc;
		app->arguments.own_argv = argv;
		return 0;
	}
	return app_arguments_split(&app->arguments, argc, argv, fwd_options_is_own);
}

int
main(int argc, char **argv)
{
	static struct fwd_app app;
	int ret = -1;

	app_name = "labyrinth-fwd";
	if (app_version_asked(argc, argv, rte_version()))
		return EXIT_SUCCESS;
	if (fwd_stop_init() != 0 || split(&app, argc, argv) != 0 ||
	    fwd_options_parse(app.arguments.own_argc, app.arguments.own_argv, &app.options) != 0)
		goto end;
	if (app.options.help || app.arguments.help) {
		fwd_options_help();
		ret = 0;
		goto end;
	}
	if (app.options.doctor) {
		ret = fwd_doctor(&app.arguments, &app.options);
		goto end;
	}
	if (choose_arguments(&app, argc) != 0 ||
	    (app.options.nic_report != NULL && fwd_kit_examine(&app.kit, &app.options) != 0) ||
	    start_eal(&app) != 0)
		goto end;
	ret = run(&app);
	fwd_session_free(&app.session);
	if (fwd_secondary_quiet())
		rte_eal_cleanup();
end:
	fwd_kit_free(&app.kit);
	app_arguments_free(&app.arguments);
	if (app.session.orphaned)
		return FWD_EXIT_ORPHANED;
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_version.h>

#include "app_arguments.h"
#include "app_message.h"
#include "app_version.h"
#include "bar.h"
#include "cells.h"
#include "compare.h"
#include "embedded.h"
#include "export.h"
#include "options.h"
#include "plot.h"
#include "probe.h"
#include "progress.h"
#include "results.h"
#include "runner.h"
#include "stop.h"
#include "table.h"

/* Longer command lines are cut: they only stand under plots. */
#define COMMAND_LEN 1024

struct bench_app {
	struct app_arguments arguments;
	struct bench_options options;
	struct bench_cells cells;
	struct bench_results results;
	struct bench_loaded before; /**< of --compare */
	char command[COMMAND_LEN];
};

static int
start_eal(struct bench_app *app)
{
	if (bench_embedded_eal(&app->arguments, &app->options) != 0)
		return -1;
	if (app_arguments_start_eal(&app->arguments) < 0) {
		app_error("EAL did not start: %s; EAL's own lines above say which option, lcore "
		          "or memory it refused",
		          rte_strerror(rte_errno));
		return -1;
	}
	return 0;
}

static int
measure_cells(struct bench_app *app)
{
	struct bench_handler *handlers[BENCH_MAX_HANDLERS];
	struct bench_options *options = &app->options;
	uint32_t i;

	if (bench_cells_make(options, &app->cells) != 0)
		return -1;
	for (i = 0; i < options->handlers.nb; i++)
		handlers[i] = &options->handlers.handler[i];
	if (app->cells.left_out > 0)
		app_notice("%u cells left out: a bulk above what is kept, or lcores that the "
		           "workload cannot use",
		           app->cells.left_out);
	bench_table_setup(options);
	bench_progress_add(&app->cells);
	return bench_run_cells(options, &app->cells, handlers, options->handlers.nb, &app->results);
}

static int
measure_bar(struct bench_app *app)
{
	bench_table_setup(&app->options);
	if (bench_bar_measure(&app->options, &app->results) != 0)
		return -1;
	bench_bar_print(&app->results);
	return 0;
}

static int
write_files(const struct bench_app *app)
{
	const struct bench_options *o = &app->options;
	static struct bench_plot_names names;
	const struct bench_plot plot = {o->svg,       app->command, &app->results,
	                                &o->handlers, &names,       o->quick};

	if (o->csv != NULL && bench_csv_write(o->csv, o, &app->results) != 0)
		return -1;
	if (o->json != NULL && bench_json_write(o->json, o, app->command, &app->results) != 0)
		return -1;
	return o->svg != NULL ? bench_plot_all(&plot) : 0;
}

static int
run(struct bench_app *app)
{
	uint32_t done, all;
	int ret;

	if (bench_handlers_resolve(&app->options.handlers) != 0 || bench_probe(&app->options) != 0)
		return -1;
	if ((app->options.bar ? measure_bar(app) : measure_cells(app)) != 0)
		return -1;
	bench_table_quick(&app->options);
	if (app->options.compare != NULL)
		bench_compare(&app->before, &app->results);
	ret = write_files(app);
	if (!bench_stop_asked())
		return ret;
	/* What was measured is kept. */
	bench_progress_count(&done, &all);
	app_error("stopped by a signal: %u of %u cells measured, the last one maybe in part", done,
	          all);
	return -1;
}

/** What the user typed, for those who read the results. */
static void
keep_command(struct bench_app *app, int argc, char **argv)
{
	size_t used = (size_t)snprintf(app->command, COMMAND_LEN, "%s", app_name);
	int i;

	for (i = 1; i < argc && used < COMMAND_LEN; i++)
		used += (size_t)snprintf(app->command + used, COMMAND_LEN - used, " %s", argv[i]);
}

int
main(int argc, char **argv)
{
	static struct bench_app app;
	int ret = -1;

	app_name = "labyrinth-bench";
	if (app_version_asked(argc, argv, rte_version()))
		return EXIT_SUCCESS;
	keep_command(&app, argc, argv);
	if (bench_stop_init() != 0 ||
	    app_arguments_split(&app.arguments, argc, argv, bench_options_is_own) != 0 ||
	    bench_options_parse(app.arguments.own_argc, app.arguments.own_argv, &app.options) != 0)
		goto end;
	if (app.options.help || app.arguments.help) {
		bench_options_help();
		ret = 0;
		goto end;
	}
	if (app.options.compare != NULL && strchr(app.options.compare, ',') != NULL) {
		ret = bench_compare_files(app.options.compare);
		goto end;
	}
	if (app.options.compare != NULL && bench_load(app.options.compare, &app.before) != 0)
		goto end;
	if (bench_export_check(&app.options) != 0 || start_eal(&app) != 0)
		goto end;
	ret = run(&app);
	rte_eal_cleanup();
end:
	bench_loaded_free(&app.before);
	bench_results_free(&app.results);
	bench_cells_free(&app.cells);
	bench_options_free(&app.options);
	app_arguments_free(&app.arguments);
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

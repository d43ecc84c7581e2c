/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "app_arguments.h"
#include "app_message.h"
#include "cells.h"
#include "embedded.h"
#include "options.h"
#include "results.h"
#include "runner.h"
#include "table.h"

const char app_name[] = "labyrinth-bench";

struct bench_app {
	struct app_arguments arguments;
	struct bench_options options;
	struct bench_cells cells;
	struct bench_results results;
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
	const struct bench_workload *last = NULL;
	uint32_t i, from;

	if (bench_cells_make(options, &app->cells) != 0)
		return -1;
	for (i = 0; i < options->handlers.nb; i++)
		handlers[i] = &options->handlers.handler[i];
	bench_table_setup(options->rounds, options->ms);
	for (i = 0; i < app->cells.nb; i++) {
		const struct bench_cell *cell = &app->cells.cell[i];

		from = app->results.nb;
		if (bench_run_cell(options, cell, handlers, options->handlers.nb, &app->results) !=
		    0)
			return -1;
		bench_table_cell(&app->results, from, cell->workload != last);
		last = cell->workload;
	}
	return 0;
}

static int
run(struct bench_app *app)
{
	if (bench_handlers_resolve(&app->options.handlers) != 0)
		return -1;
	return measure_cells(app);
}

int
main(int argc, char **argv)
{
	static struct bench_app app;
	int ret = -1;

	if (app_arguments_split(&app.arguments, argc, argv, bench_options_is_own) != 0 ||
	    bench_options_parse(app.arguments.own_argc, app.arguments.own_argv, &app.options) != 0)
		goto end;
	if (app.options.help || app.arguments.help) {
		bench_options_help();
		ret = 0;
		goto end;
	}
	if (start_eal(&app) != 0)
		goto end;
	ret = run(&app);
	rte_eal_cleanup();
end:
	bench_results_free(&app.results);
	bench_cells_free(&app.cells);
	bench_options_free(&app.options);
	app_arguments_free(&app.arguments);
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

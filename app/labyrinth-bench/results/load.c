/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "app_message.h"
#include "compare.h"
#include "workloads.h"

static int
bad(const char *path, const char *what)
{
	app_error("--compare=%s: %s; give a file that --json wrote", path, what);
	return -1;
}

static uint32_t
number(const json_t *entry, const char *key)
{
	return (uint32_t)json_integer_value(json_object_get(entry, key));
}

static double
figure(const json_t *entry, const char *key)
{
	return json_number_value(json_object_get(entry, key));
}

/** One result. Of a workload that this program does not know nothing is kept. */
static int
load_result(const json_t *entry, struct bench_handler *handler, struct bench_loaded *loaded)
{
	const char *workload = json_string_value(json_object_get(entry, "workload"));
	const char *label = json_string_value(json_object_get(entry, "handler"));
	const bool aged = json_is_true(json_object_get(entry, "aged"));
	const struct bench_cell cell = {
		.workload = workload != NULL ? bench_workload_find(workload) : NULL,
		.cache = number(entry, "cache"),
		.lcores = number(entry, "lcores"),
		.cpus = number(entry, "cpus"),
		.bulk = number(entry, "bulk"),
		.kept = number(entry, "kept"),
		.size = number(entry, "size"),
		.elt = number(entry, "elt"),
		.touch_lines = number(entry, "touch_lines"),
		.aged = aged,
	};
	struct bench_result *result;

	if (label == NULL)
		return -1;
	if (cell.workload == NULL)
		return 0;
	handler->label = strdup(label);
	if (handler->label == NULL)
		return -1;
	result = bench_results_add(&loaded->results, &cell, handler, 1);
	if (result == NULL)
		return -1;
	result->nb = (uint32_t)json_array_size(json_object_get(entry, "samples"));
	result->summary.median = figure(entry, "median");
	result->summary.q1 = figure(entry, "q1");
	result->summary.q3 = figure(entry, "q3");
	return 0;
}

int
bench_load(const char *path, struct bench_loaded *loaded)
{
	const json_t *results, *entry;
	const char *command;
	json_error_t error;
	json_t *root;
	size_t i;
	int ret = 0;

	memset(loaded, 0, sizeof(*loaded));
	root = json_load_file(path, 0, &error);
	if (root == NULL)
		return bad(path, error.text);
	results = json_object_get(root, "results");
	command = json_string_value(json_object_get(root, "command"));
	snprintf(loaded->command, sizeof(loaded->command), "%s", command != NULL ? command : "?");
	loaded->quick = json_is_true(json_object_get(root, "quick"));
	if (!json_is_array(results))
		ret = bad(path, "no array \"results\"");
	if (ret == 0) {
		loaded->handlers = calloc(json_array_size(results) + 1, sizeof(*loaded->handlers));
		if (loaded->handlers == NULL)
			ret = bad(path, "no memory");
		else
			loaded->nb_handlers = (uint32_t)json_array_size(results);
	}
	json_array_foreach((json_t *)(uintptr_t)results, i, entry)
	{
		if (ret == 0 && load_result(entry, &loaded->handlers[i], loaded) != 0)
			ret = bad(path, "a result without a handler, or no memory");
	}
	json_decref(root);
	return ret;
}

void
bench_loaded_free(struct bench_loaded *loaded)
{
	uint32_t i;

	for (i = 0; i < loaded->nb_handlers; i++)
		free(loaded->handlers[i].label);
	bench_results_free(&loaded->results);
	free(loaded->handlers);
	memset(loaded, 0, sizeof(*loaded));
}

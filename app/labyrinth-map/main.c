/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * labyrinth-map: a picture of memory pools, from a process that runs or from
 * what was saved of one.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app_message.h"
#include "app_version.h"
#include "client.h"
#include "gather.h"
#include "html.h"
#include "list.h"
#include "model.h"
#include "options.h"
#include "watch.h"

/* How a saved file says what it is. */
#define FORMAT_NAME    "labyrinth-map"
#define FORMAT_VERSION 1
#define LOOK_SECONDS   1.2
#define PANELS_MAX     (MAP_SOURCES_MAX * MAP_POOLS_MAX)

/* --- reading -------------------------------------------------------------------- */

/* Pools of a process. */
static int
read_live(const struct map_source *source, const struct map_wish *wish, json_t *pools)
{
	struct map_client client = {.fd = -1};
	char path[sizeof(client.path)];
	uint32_t i = 0;
	int ret;

	if (source->kind == MAP_PREFIX && map_client_path(path, sizeof(path), source->where) != 0)
		return -1;
	ret = map_client_open(&client, source->kind == MAP_PREFIX ? path : source->where);
	for (; ret == 0 && (i == 0 || i < source->nb_pools); i++) {
		json_t *pool =
			map_gather(&client, source->nb_pools == 0 ? NULL : source->pool[i], wish);

		ret = pool == NULL ? -1 : json_array_append_new(pools, pool);
	}
	map_client_close(&client);
	return ret;
}

static bool
is_wanted(const struct map_source *source, const char *name, bool *found)
{
	uint32_t i;

	for (i = 0; i < source->nb_pools; i++) {
		if (name == NULL || strcmp(name, source->pool[i]) != 0)
			continue;
		found[i] = true;
		return true;
	}
	return source->nb_pools == 0;
}

/* Pools of a file. */
static int
read_saved(const struct map_source *source, json_t *pools)
{
	json_t *file, *all, *pool;
	bool found[MAP_POOLS_MAX] = {false};
	json_error_t error;
	uint32_t missing = 0;
	size_t i;

	file = json_load_file(source->where, 0, &error);
	if (file == NULL) {
		app_error("--from=%s: cannot be read as JSON: %s", source->where, error.text);
		return -1;
	}
	all = json_object_get(file, "pools");
	if (json_integer_value(json_object_get(file, FORMAT_NAME)) != FORMAT_VERSION ||
	    json_array_size(all) == 0) {
		app_error("--from=%s: not what labyrinth-map --save writes", source->where);
		json_decref(file);
		return -1;
	}
	json_array_foreach(all, i, pool)
	{
		if (is_wanted(source, json_string_value(json_object_get(pool, "name")), found))
			json_array_append(pools, pool);
	}
	while (missing < source->nb_pools && found[missing])
		missing++;
	if (missing < source->nb_pools)
		app_error("--from=%s: no pool \"%s\" in it", source->where, source->pool[missing]);
	json_decref(file);
	return missing < source->nb_pools ? -1 : 0;
}

/* How many pools of processes are asked for. */
static uint32_t
pools_of(const struct map_options *options)
{
	uint32_t i, nb = 0;

	for (i = 0; i < options->nb_sources; i++)
		if (options->source[i].kind != MAP_SAVED)
			nb += options->source[i].nb_pools > 0 ? options->source[i].nb_pools : 1;
	return nb > 0 ? nb : 1;
}

static json_t *
read_all(const struct map_options *options)
{
	/* A look at everything stays below two seconds. */
	const struct map_wish wish = {options->lcore, options->all,
	                              LOOK_SECONDS / pools_of(options)};
	json_t *pools = json_array();
	uint32_t i;
	int ret = 0;

	for (i = 0; i < options->nb_sources && ret == 0; i++)
		ret = options->source[i].kind == MAP_SAVED
		              ? read_saved(&options->source[i], pools)
		              : read_live(&options->source[i], &wish, pools);
	if (ret == 0 && json_array_size(pools) > PANELS_MAX) {
		app_error("%zu pools: at most %d can stand side by side", json_array_size(pools),
		          PANELS_MAX);
		ret = -1;
	}
	if (ret == 0)
		return pools;
	json_decref(pools);
	return NULL;
}

/* --- writing -------------------------------------------------------------------- */

static int
save(const char *file, json_t *pools)
{
	json_t *whole = json_pack("{s:i, s:O}", FORMAT_NAME, FORMAT_VERSION, "pools", pools);
	int ret = whole == NULL ? -1 : json_dump_file(whole, file, JSON_COMPACT);

	if (ret != 0)
		app_error("--save=%s: cannot write: %s", file, strerror(errno));
	json_decref(whole);
	return ret;
}

static void
free_pools(struct map_pool *pools, size_t n)
{
	while (n > 0)
		map_pool_free(&pools[--n]);
	free(pools);
}

static struct map_pool *
understand(const json_t *json, uint32_t *n)
{
	struct map_pool *pools = calloc(json_array_size(json), sizeof(*pools));
	char where[128];
	size_t i;

	for (i = 0; pools != NULL && i < json_array_size(json); i++) {
		const json_t *one = json_array_get(json, i);
		const char *name = json_string_value(json_object_get(one, "name"));

		snprintf(where, sizeof(where), "pool %s", name == NULL ? "without name" : name);
		if (map_pool_read(&pools[i], one, where) != 0) {
			free_pools(pools, i + 1);
			return NULL;
		}
	}
	*n = (uint32_t)i;
	return pools;
}

static int
show(const struct map_options *options, json_t *json)
{
	struct map_picture picture = {.path = options->path, .colouring = options->colouring};
	struct map_pool *pools = understand(json, &picture.nb_pools);
	uint32_t i;
	int ret = 0;

	if (pools == NULL)
		return -1;
	picture.pool = pools;
	if (options->save != NULL)
		ret = save(options->save, json);
	if (ret == 0 && options->svg != NULL)
		ret = map_picture_svg(&picture, options->svg);
	if (ret == 0 && options->png != NULL)
		ret = map_picture_png(&picture, options->png);
	if (ret == 0 && options->watch) {
		map_watch_begin();
		for (i = 0; i < picture.nb_pools; i++)
			map_watch_show(&pools[i], i);
	}
	free_pools(pools, picture.nb_pools);
	return ret;
}

/* Samples, one after the other. */
static int
write_html(const struct map_options *options)
{
	json_t *samples = json_array(), *pools;
	struct map_pool *understood;
	uint32_t i, nb = 0;
	int ret = 0;

	for (i = 0; i < options->samples && ret == 0; i++) {
		if (i > 0)
			usleep(options->interval_ms * 1000);
		pools = read_all(options);
		/* What a picture cannot be made of is refused here, too. */
		understood = pools != NULL ? understand(pools, &nb) : NULL;
		ret = understood == NULL ? -1 : json_array_append(samples, pools);
		if (understood != NULL)
			free_pools(understood, nb);
		json_decref(pools);
	}
	if (ret == 0)
		ret = map_html_write(options->html, samples);
	json_decref(samples);
	return ret;
}

int
main(int argc, char **argv)
{
	struct map_options options;
	uint32_t views = 0;
	json_t *pools;
	int ret;

	app_name = "labyrinth-map";
	if (app_version_asked(argc, argv, NULL))
		return EXIT_SUCCESS;
	if (map_options_read(&options, argc, argv) != 0)
		return EXIT_FAILURE;
	if (options.help) {
		map_options_help();
		return EXIT_SUCCESS;
	}
	if (options.list)
		return map_list() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	if (options.html != NULL && write_html(&options) != 0)
		return EXIT_FAILURE;
	if (!options.watch && options.svg == NULL && options.png == NULL && options.save == NULL)
		return EXIT_SUCCESS;
	do {
		if (views > 0)
			sleep(options.interval);
		pools = read_all(&options);
		ret = pools == NULL ? -1 : show(&options, pools);
		json_decref(pools);
		views++;
	} while (ret == 0 && options.watch && (options.count == 0 || views < options.count));
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

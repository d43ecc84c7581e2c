/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app_message.h"
#include "app_parse.h"
#include "options.h"

#define PATH_DEFAULT 64
#define PATH_MOST    512

enum {
	OPT_PREFIX = 256,
	OPT_SOCKET,
	OPT_FROM,
	OPT_POOL,
	OPT_LCORE,
	OPT_PATH,
	OPT_COLOUR,
	OPT_SVG,
	OPT_PNG,
	OPT_SAVE,
	OPT_HTML,
	OPT_SAMPLES,
	OPT_EVERY,
	OPT_ALL,
	OPT_LIST,
	OPT_WATCH,
	OPT_COUNT,
	OPT_HELP
};

static const struct option known[] = {
	{"file-prefix", required_argument, NULL, OPT_PREFIX},
	{"socket", required_argument, NULL, OPT_SOCKET},
	{"from", required_argument, NULL, OPT_FROM},
	{"pool", required_argument, NULL, OPT_POOL},
	{"lcore", required_argument, NULL, OPT_LCORE},
	{"path", required_argument, NULL, OPT_PATH},
	{"colour", required_argument, NULL, OPT_COLOUR},
	{"svg", required_argument, NULL, OPT_SVG},
	{"png", required_argument, NULL, OPT_PNG},
	{"save", required_argument, NULL, OPT_SAVE},
	{"html", required_argument, NULL, OPT_HTML},
	{"samples", required_argument, NULL, OPT_SAMPLES},
	{"every", required_argument, NULL, OPT_EVERY},
	{"all", no_argument, NULL, OPT_ALL},
	{"list", no_argument, NULL, OPT_LIST},
	{"watch", optional_argument, NULL, OPT_WATCH},
	{"count", required_argument, NULL, OPT_COUNT},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

void
map_options_help(void)
{
	puts("Usage: labyrinth-map [SOURCE [--pool=NAME]...]... OUTPUT...\n"
	     "\n"
	     "Draws where the frames of memory pools lie, in what state they are and which\n"
	     "will be handed out next; pools stand side by side.\n"
	     "\n"
	     "Sources, up to 4; each of up to 4 pools named behind it:\n"
	     "  --file-prefix=NAME  the DPDK process with that --file-prefix (rte)\n"
	     "  --socket=PATH       the process behind that telemetry socket\n"
	     "  --from=FILE         what --save wrote\n"
	     "  --pool=NAME         a pool (the first of labyrinth, else the first; of a file: "
	     "all)\n"
	     "\n"
	     "Outputs, as many as wanted:\n"
	     "  --svg=FILE          a picture\n"
	     "  --png=FILE          the same\n"
	     "  --html=FILE         a page with hover, and a slider over --samples\n"
	     "  --save=FILE         all that was told, as JSON\n"
	     "  --watch[=SECONDS]   views on the terminal, so often (1)\n"
	     "  --list              DPDK processes that can be asked, with their pools\n"
	     "\n"
	     "How:\n"
	     "  --lcore=N           path of the frames that lcore gets next (the depot's)\n"
	     "  --path=N            frames of that path, 0 to 512 (64)\n"
	     "  --colour=WHAT       state or owner (state)\n"
	     "  --samples=N         samples of --html, 1 to 100 (1)\n"
	     "  --every=MS          milliseconds from sample to sample (500)\n"
	     "  --all               read every frame of a large pool, however long it takes\n"
	     "  --count=N           views of --watch (0: until it is stopped)\n"
	     "  --version           print the version\n"
	     "  --help              print this");
}

static int
add_source(struct map_options *options, enum map_source_kind kind, const char *where)
{
	if (options->nb_sources == MAP_SOURCES_MAX) {
		app_error("more than %d sources", MAP_SOURCES_MAX);
		return -1;
	}
	options->source[options->nb_sources++] = (struct map_source){.kind = kind, .where = where};
	return 0;
}

static int
add_pool(struct map_options *options, const char *name)
{
	struct map_source *source;

	if (options->nb_sources == 0 && add_source(options, MAP_PREFIX, "rte") != 0)
		return -1;
	source = &options->source[options->nb_sources - 1];
	if (source->nb_pools == MAP_POOLS_MAX) {
		app_error("--pool=%s: more than %d pools of one source", name, MAP_POOLS_MAX);
		return -1;
	}
	source->pool[source->nb_pools++] = name;
	return 0;
}

static int
read_colour(struct map_options *options, const char *text)
{
	if (strcmp(text, "state") == 0)
		options->colouring = MAP_BY_STATE;
	else if (strcmp(text, "owner") == 0)
		options->colouring = MAP_BY_OWNER;
	else {
		app_error("--colour=%s: allowed are state and owner", text);
		return -1;
	}
	return 0;
}

static int
read_u32(const char *option, const char *text, uint64_t min, uint64_t max, uint32_t *value)
{
	uint64_t number;

	if (app_parse_number(option, text, min, max, &number) != 0)
		return -1;
	*value = (uint32_t)number;
	return 0;
}

static int
read_lcore(struct map_options *options, const char *text)
{
	uint32_t lcore;

	if (read_u32("lcore", text, 0, 4095, &lcore) != 0)
		return -1;
	options->lcore = (int)lcore;
	return 0;
}

static int
read_one(struct map_options *options, int option, const char *word)
{
	switch (option) {
	case OPT_PREFIX:
		return add_source(options, MAP_PREFIX, optarg);
	case OPT_SOCKET:
		return add_source(options, MAP_SOCKET, optarg);
	case OPT_FROM:
		return add_source(options, MAP_SAVED, optarg);
	case OPT_POOL:
		return add_pool(options, optarg);
	case OPT_LCORE:
		return read_lcore(options, optarg);
	case OPT_PATH:
		return read_u32("path", optarg, 0, PATH_MOST, &options->path);
	case OPT_COLOUR:
		return read_colour(options, optarg);
	case OPT_SVG:
		options->svg = optarg;
		return 0;
	case OPT_PNG:
		options->png = optarg;
		return 0;
	case OPT_SAVE:
		options->save = optarg;
		return 0;
	case OPT_HTML:
		options->html = optarg;
		return 0;
	case OPT_SAMPLES:
		return read_u32("samples", optarg, 1, 100, &options->samples);
	case OPT_EVERY:
		return read_u32("every", optarg, 1, 3600000, &options->interval_ms);
	case OPT_ALL:
		options->all = true;
		return 0;
	case OPT_LIST:
		options->list = true;
		return 0;
	case OPT_WATCH:
		options->watch = true;
		return optarg == NULL ? 0 : read_u32("watch", optarg, 1, 86400, &options->interval);
	case OPT_COUNT:
		return read_u32("count", optarg, 0, UINT32_MAX, &options->count);
	case OPT_HELP:
		options->help = true;
		return 0;
	default:
		app_error("%s: unknown, or without its value; --help lists the options", word);
		return -1;
	}
}

int
map_options_read(struct map_options *options, int argc, char **argv)
{
	int option;

	*options = (struct map_options){
		.lcore = -1, .path = PATH_DEFAULT, .interval = 1, .samples = 1, .interval_ms = 500};
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
		if (read_one(options, option, argv[optind - 1]) != 0)
			return -1;
	if (options->help || options->list)
		return 0;
	if (optind < argc) {
		app_error("%s: not an option; --help lists them", argv[optind]);
		return -1;
	}
	if (options->nb_sources == 0 && add_source(options, MAP_PREFIX, "rte") != 0)
		return -1;
	if (!options->watch && options->svg == NULL && options->png == NULL &&
	    options->save == NULL && options->html == NULL) {
		app_error("nothing to do: give --svg=FILE, --png=FILE, --html=FILE, --save=FILE, "
		          "--watch or "
		          "--list");
		return -1;
	}
	return 0;
}

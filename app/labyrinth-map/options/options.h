/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_OPTIONS_H
#define MAP_OPTIONS_H

/**
 * @file
 * The command line.
 */

#include <stdbool.h>
#include <stdint.h>

#include "picture.h"

#define MAP_SOURCES_MAX 4
#define MAP_POOLS_MAX   4

enum map_source_kind {
	MAP_PREFIX,
	MAP_SOCKET,
	MAP_SAVED
};

struct map_source {
	enum map_source_kind kind;
	const char *where;
	const char *pool[MAP_POOLS_MAX]; /**< names */
	uint32_t nb_pools;               /**< 0: the first one; of a file, all */
};

struct map_options {
	struct map_source source[MAP_SOURCES_MAX];
	uint32_t nb_sources;
	int lcore;
	uint32_t path;
	enum map_colouring colouring;
	const char *svg;
	const char *png;
	const char *save;
	const char *html;
	uint32_t samples;     /**< of --html */
	uint32_t interval_ms; /**< between samples */
	bool all;             /**< read every frame */
	bool list;            /**< list the processes and end */
	bool watch;
	uint32_t interval; /**< seconds between views */
	uint32_t count;    /**< views; 0: until it is stopped */
	bool help;
};

/** Read the command line. 0, or -1 (one line was printed). */
int
map_options_read(struct map_options *options, int argc, char **argv);

void
map_options_help(void);

#endif /* MAP_OPTIONS_H */

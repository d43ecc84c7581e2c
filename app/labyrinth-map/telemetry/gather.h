/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_GATHER_H
#define MAP_GATHER_H

/**
 * @file
 * What a pool looks like, put together from many answers: the JSON that --save
 * writes and that docs/telemetry.md describes.
 */

#include <stdbool.h>

#include "client.h"

/** What is to be asked. */
struct map_wish {
	int lcore;    /**< whose order; -1: the depot's */
	bool all;     /**< every frame, however long it takes */
	double limit; /**< seconds after which no more frames are asked for */
};

/**
 * Ask all there is to know of a pool.
 *
 * @param client
 *   Where to ask.
 * @param name
 *   The pool; NULL: the first labyrinth pool, or the first pool.
 * @param lcore
 *   Whose next frames to ask for; -1: those of the depot.
 * @return
 *   The pool, owned by the caller, or NULL (one line was printed).
 */
json_t *
map_gather(struct map_client *client, const char *name, const struct map_wish *wish);

#endif /* MAP_GATHER_H */

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

#include "client.h"

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
map_gather(struct map_client *client, const char *name, int lcore);

#endif /* MAP_GATHER_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_WATCH_H
#define MAP_WATCH_H

/**
 * @file
 * A view of a pool on the terminal; into a pipe it goes without colours.
 */

#include "model.h"

/** Begin a view: clears the screen of a terminal. */
void
map_watch_begin(void);

void
map_watch_show(const struct map_pool *pool, uint32_t index);

#endif /* MAP_WATCH_H */

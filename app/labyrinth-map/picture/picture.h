/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_PICTURE_H
#define MAP_PICTURE_H

/**
 * @file
 * The picture: pools side by side, as SVG or PNG.
 */

#include "model.h"

enum map_colouring {
	MAP_BY_STATE,
	MAP_BY_OWNER
};

struct map_picture {
	const struct map_pool *pool;
	uint32_t nb_pools;
	uint32_t path; /**< frames of the path to draw */
	enum map_colouring colouring;
};

/** Write a picture. 0, or -1 (one line was printed). */
int
map_picture_svg(const struct map_picture *picture, const char *file);

int
map_picture_png(const struct map_picture *picture, const char *file);

#endif /* MAP_PICTURE_H */

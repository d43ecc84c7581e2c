/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_PANEL_H
#define MAP_PANEL_H

/**
 * @file
 * The part of a picture that shows one pool.
 */

#include "ink.h"
#include "picture.h"

#define MAP_MARGIN 28.0
#define MAP_PANEL  664.0

/** Where a pool is drawn, and how large. */
struct map_panel {
	const struct map_picture *picture;
	const struct map_pool *pool;
	double x, y;          /**< of the grid */
	uint32_t columns;     /**< of slots */
	double cell;          /**< side of a slot, its gap included */
	uint32_t side;        /**< frames in a row of a slot */
	uint32_t first, last; /**< slots whose frames are drawn */
};

/** Side of a slot, without the gap to the next. */
double
map_panel_slot_side(const struct map_panel *panel);

/** The middle of a frame. */
void
map_panel_place(const struct map_panel *panel, const struct map_frame *frame, double *x, double *y);

/** Pages, walls, and what is neither. */
void
map_panel_slots(cairo_t *cr, const struct map_panel *panel);

void
map_panel_frames(cairo_t *cr, const struct map_panel *panel);

/** Instead of frames, where slots are too small for them. */
void
map_panel_bars(cairo_t *cr, const struct map_panel *panel);

/** The way through the frames that are next to be handed out. */
void
map_panel_path(cairo_t *cr, const struct map_panel *panel);

/** What stands above the slots. */
void
map_panel_head(cairo_t *cr, const struct map_panel *panel);

/** What stands below, from y on. */
void
map_panel_facts(cairo_t *cr, const struct map_panel *panel, double y);

/** What the colours of a picture mean. */
void
map_picture_legend(cairo_t *cr, const struct map_picture *picture, double y);

#endif /* MAP_PANEL_H */

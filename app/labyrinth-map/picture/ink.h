/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_INK_H
#define MAP_INK_H

/**
 * @file
 * Shapes and colours.
 */

#include <stdint.h>

#include <cairo.h>

#include "picture.h"

#define MAP_PAPER  0xffffffu
#define MAP_TEXT   0x1b1f2au
#define MAP_FAINT  0x6b7280u
#define MAP_OTHER  0xeef0f3u
#define MAP_BORDER 0xd5d9e0u
#define MAP_WALL   0x3d4258u
#define MAP_MORTAR 0x2b2f42u
#define MAP_ROOM   0xfffdf5u
#define MAP_PATH   0xffd21eu
#define MAP_SHADE  0x10121au
#define MAP_FIRST  0x18a558u
#define MAP_LAST   0xd62839u

/* States, or owners and a few more. */
#define MAP_COLOURS_MAX 16

enum map_align {
	MAP_LEFT,
	MAP_MIDDLE
};

void
map_ink_rect(cairo_t *cr, double x, double y, double width, double height, uint32_t colour);

void
map_ink_frame(cairo_t *cr, double x, double y, double width, double height, uint32_t colour);

void
map_ink_text(cairo_t *cr, double x, double y, double size, enum map_align align, uint32_t colour,
             const char *text);

/** Fill what was outlined. */
void
map_ink_fill(cairo_t *cr, uint32_t colour);

/** A dot with a number in it, where all is drawn so many times as large. */
void
map_ink_mark(cairo_t *cr, double x, double y, double scale, uint32_t colour, const char *text);

/** Lines from a place to both ends of the upper side of its magnified picture. */
void
map_ink_link(cairo_t *cr, double x, double y, double left, double top, double right);

/** A line through n points (x and y by turns), bright on dark as on light ground. */
void
map_ink_path(cairo_t *cr, const double *points, uint32_t n, double width);

/** A wall, of bricks. */
void
map_ink_wall(cairo_t *cr, double x, double y, double side);

/** Colour of a frame. */
uint32_t
map_ink_of(const struct map_frame *frame, enum map_colouring colouring);

uint32_t
map_ink_of_state(enum map_state state);

#endif /* MAP_INK_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <math.h>

#include "ink.h"

#define BRICK_ROWS 4

static void
ink(cairo_t *cr, uint32_t colour, double opacity)
{
	cairo_set_source_rgba(cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
	                      (colour & 255) / 255.0, opacity);
}

void
map_ink_rect(cairo_t *cr, double x, double y, double width, double height, uint32_t colour)
{
	ink(cr, colour, 1);
	cairo_rectangle(cr, x, y, width, height);
	cairo_fill(cr);
}

void
map_ink_frame(cairo_t *cr, double x, double y, double width, double height, uint32_t colour)
{
	ink(cr, colour, 1);
	cairo_set_line_width(cr, 1);
	cairo_rectangle(cr, x + 0.5, y + 0.5, width - 1, height - 1);
	cairo_stroke(cr);
}

static void
text_at(cairo_t *cr, double x, double y, double size, enum map_align align, const char *text)
{
	cairo_text_extents_t extents;

	cairo_set_font_size(cr, size);
	cairo_text_extents(cr, text, &extents);
	cairo_move_to(cr, align == MAP_MIDDLE ? x - extents.x_advance / 2 : x, y);
	cairo_show_text(cr, text);
}

void
map_ink_text(cairo_t *cr, double x, double y, double size, enum map_align align, uint32_t colour,
             const char *text)
{
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
	                       size > 18 ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	ink(cr, colour, 1);
	text_at(cr, x, y, size, align, text);
}

void
map_ink_fill(cairo_t *cr, uint32_t colour)
{
	ink(cr, colour, 1);
	cairo_fill(cr);
}

void
map_ink_mark(cairo_t *cr, double x, double y, double scale, uint32_t colour, const char *text)
{
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
	cairo_new_sub_path(cr);
	cairo_arc(cr, x, y, 10 / scale, 0, 2 * M_PI);
	ink(cr, MAP_PAPER, 1);
	cairo_fill_preserve(cr);
	cairo_set_line_width(cr, 2.5 / scale);
	ink(cr, colour, 1);
	cairo_stroke(cr);
	text_at(cr, x, y + 4 / scale, 11 / scale, MAP_MIDDLE, text);
}

void
map_ink_link(cairo_t *cr, double x, double y, double left, double top, double right)
{
	ink(cr, MAP_FAINT, 1);
	cairo_set_line_width(cr, 1);
	cairo_move_to(cr, left, top);
	cairo_line_to(cr, x, y);
	cairo_line_to(cr, right, top);
	cairo_stroke(cr);
}

static void
stroke_path(cairo_t *cr, const double *points, uint32_t n)
{
	uint32_t i;

	cairo_new_path(cr);
	for (i = 0; i < n; i++)
		cairo_line_to(cr, points[2 * i], points[2 * i + 1]);
	cairo_stroke(cr);
}

void
map_ink_path(cairo_t *cr, const double *points, uint32_t n, double width)
{
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	cairo_set_line_width(cr, width * 2.2);
	ink(cr, MAP_SHADE, 0.85);
	stroke_path(cr, points, n);
	cairo_set_line_width(cr, width);
	ink(cr, MAP_PATH, 1);
	stroke_path(cr, points, n);
}

void
map_ink_wall(cairo_t *cr, double x, double y, double side)
{
	const double high = side / BRICK_ROWS, wide = side / 2;
	int row;

	map_ink_rect(cr, x, y, side, side, MAP_WALL);
	ink(cr, MAP_MORTAR, 1);
	cairo_set_line_width(cr, side > 30 ? 2 : 1);
	for (row = 0; row < BRICK_ROWS; row++) {
		double first = row % 2 == 0 ? wide : wide / 2;

		cairo_move_to(cr, x, y + row * high);
		cairo_line_to(cr, x + side, y + row * high);
		for (; first < side; first += wide) {
			cairo_move_to(cr, x + first, y + row * high);
			cairo_line_to(cr, x + first, y + (row + 1) * high);
		}
	}
	cairo_stroke(cr);
}

uint32_t
map_ink_of_state(enum map_state state)
{
	static const uint32_t colours[MAP_STATES] = {
		[MAP_UNKNOWN] = 0xf2a277, [MAP_DEPOT] = 0x8fbbe6,       [MAP_LANE] = 0x1f7a8c,
		[MAP_OWNED] = 0xe8590c,   [MAP_QUARANTINED] = 0xc2185b,
	};

	return colours[state];
}

uint32_t
map_ink_of(const struct map_frame *frame, enum map_colouring colouring)
{
	/* Apart for most kinds of colour blindness too. */
	static const uint32_t owners[] = {0xd55e00, 0x0072b2, 0x009e73, 0xcc79a7,
	                                  0xe69f00, 0x56b4e9, 0x8c564b, 0x9467bd};
	const uint32_t nb = sizeof(owners) / sizeof(owners[0]);

	if (colouring == MAP_BY_STATE || frame->state == MAP_QUARANTINED)
		return map_ink_of_state(frame->state);
	if (frame->state != MAP_OWNED)
		return 0xd3dae3;
	return frame->lcore < 0 ? 0x555555 : owners[(uint32_t)frame->lcore % nb];
}

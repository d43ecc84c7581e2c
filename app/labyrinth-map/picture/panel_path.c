/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "panel.h"

/* Between the middles of two marks that do not touch. */
#define MARK_APART 24.0

struct path {
	double *points; /* x and y by turns */
	uint32_t n;
	char last[16]; /* number of the last one */
	double left, top, right, bottom;
	uint32_t slot_first, slot_last;
};

static void
path_find(const struct map_panel *panel, struct path *path)
{
	const struct map_pool *pool = panel->pool;
	uint32_t i;

	*path = (struct path){.left = INFINITY, .top = INFINITY, .slot_first = UINT32_MAX};
	path->points = calloc(panel->picture->path + 1, 2 * sizeof(*path->points));
	for (i = 0; path->points != NULL && i < pool->nb_path && i < panel->picture->path; i++) {
		double *x = &path->points[2 * path->n], *y = x + 1;
		const struct map_frame *frame;

		if (pool->path[i] == MAP_NO_FRAME)
			continue;
		frame = &pool->frame[pool->path[i]];
		map_panel_place(panel, frame, x, y);
		if (frame->slot < path->slot_first)
			path->slot_first = frame->slot;
		if (frame->slot > path->slot_last)
			path->slot_last = frame->slot;
		path->left = fmin(path->left, *x);
		path->right = fmax(path->right, *x);
		path->top = fmin(path->top, *y);
		path->bottom = fmax(path->bottom, *y);
		snprintf(path->last, sizeof(path->last), "%u", i + 1);
		path->n++;
	}
}

static void
path_ink(cairo_t *cr, const struct path *path, double scale)
{
	const double *first = path->points, *last = &path->points[2 * path->n - 2];
	const double dx = last[0] - first[0], dy = last[1] - first[1];
	const double far = sqrt(dx * dx + dy * dy), apart = MARK_APART / scale;
	double x = last[0], y = last[1];

	/* The last mark stands beside the first where it would hide behind it. */
	if (far < apart) {
		x = first[0] + (far > 0 ? dx / far * apart : apart);
		y = first[1] + (far > 0 ? dy / far * apart : 0);
	}
	map_ink_path(cr, path->points, path->n, 1.7 / scale);
	map_ink_mark(cr, x, y, scale, MAP_LAST, path->last);
	map_ink_mark(cr, first[0], first[1], scale, MAP_FIRST, "1");
}

/* Is nothing of the pool drawn from there down? */
static bool
is_empty_below(const struct map_panel *panel, double y)
{
	uint32_t row = (uint32_t)((y - panel->y) / panel->cell);

	return !panel->pool->maze && row * panel->columns >= panel->pool->nb_slots;
}

/* A path too small to follow, once more and larger. */
static void
draw_magnified(cairo_t *cr, const struct map_panel *panel, const struct path *path)
{
	const double pitch = map_panel_slot_side(panel) / panel->side;
	const double x = panel->x + panel->cell, y = panel->y + MAP_PANEL * 0.42;
	const double wide = MAP_PANEL - 2 * panel->cell, high = MAP_PANEL * 0.4;
	const double room = 6 * pitch;
	double scale = fmin(wide / (path->right - path->left + room),
	                    high / (path->bottom - path->top + room));

	if (scale < 3 || !is_empty_below(panel, y))
		return;
	map_ink_link(cr, (path->left + path->right) / 2, path->bottom, x, y, x + wide);
	cairo_save(cr);
	cairo_rectangle(cr, x, y, wide, high);
	cairo_clip(cr);
	map_ink_rect(cr, x, y, wide, high, MAP_ROOM);
	cairo_translate(cr, x + wide / 2, y + high / 2);
	cairo_scale(cr, scale, scale);
	cairo_translate(cr, -(path->left + path->right) / 2, -(path->top + path->bottom) / 2);
	map_panel_frames(cr, panel);
	path_ink(cr, path, scale);
	cairo_restore(cr);
	map_ink_frame(cr, x, y, wide, high, MAP_FAINT);
	map_ink_text(cr, x, y + high + 20, 14, MAP_LEFT, MAP_FAINT, "the same path, magnified");
}

void
map_panel_path(cairo_t *cr, const struct map_panel *panel)
{
	struct map_panel part = *panel;
	struct path path;

	if (panel->pool->sampled > 1)
		return;
	path_find(panel, &path);
	part.first = path.slot_first;
	part.last = path.slot_last;
	if (path.n > 1) {
		path_ink(cr, &path, 1);
		draw_magnified(cr, &part, &path);
	}
	free(path.points);
}

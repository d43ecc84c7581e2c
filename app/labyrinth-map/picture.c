/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cairo-svg.h>

#include "app_message.h"
#include "ink.h"
#include "picture.h"

#define MARGIN    28.0
#define PANEL     664.0
#define GUTTER    44.0
#define HEAD      74.0
#define FACTS     96.0
#define LEGEND    34.0
#define FACT_LINE 22.0
#define HEIGHT    (MARGIN + HEAD + PANEL + FACTS + LEGEND + MARGIN)
/* Below that many points a side, the frames of a slot are drawn as bars. */
#define FRAME_LEAST 1.1

/* One pool's part of the picture. */
struct panel {
	const struct map_picture *picture;
	const struct map_pool *pool;
	double x, y;          /* of the grid */
	uint32_t columns;     /* of slots */
	double cell;          /* side of a slot, its gap included */
	uint32_t side;        /* frames in a row of a slot */
	uint32_t first, last; /* slots whose frames are drawn */
};

/* Slots have one size in all panels. */
static uint32_t
columns_for(const struct map_picture *picture)
{
	uint32_t most = 1, i;

	for (i = 0; i < picture->nb_pools; i++)
		if (picture->pool[i].nb_slots > most)
			most = picture->pool[i].nb_slots;
	return (uint32_t)ceil(sqrt(most));
}

static double
slot_side(const struct panel *panel)
{
	return panel->cell > 8 ? panel->cell - 2 : panel->cell;
}

static void
slot_place(const struct panel *panel, uint32_t slot, double *x, double *y)
{
	*x = panel->x + slot % panel->columns * panel->cell;
	*y = panel->y + slot / panel->columns * panel->cell;
}

/* The middle of a frame. */
static void
frame_place(const struct panel *panel, const struct map_frame *frame, double *x, double *y)
{
	double pitch = slot_side(panel) / panel->side;

	slot_place(panel, frame->slot, x, y);
	*x += (frame->rank % panel->side + 0.5) * pitch;
	*y += (frame->rank / panel->side + 0.5) * pitch;
}

/* --- slots and frames ---------------------------------------------------------- */

static void
draw_slots(cairo_t *cr, const struct panel *panel)
{
	const uint32_t nb = panel->columns * panel->columns;
	const double side = slot_side(panel);
	double x, y;
	uint32_t i;

	for (i = 0; i < nb; i++) {
		slot_place(panel, i, &x, &y);
		if (i < panel->pool->nb_slots && panel->pool->slot[i].memory)
			map_ink_rect(cr, x, y, side, side, MAP_ROOM);
		else if (i < panel->pool->nb_slots && panel->pool->maze)
			map_ink_wall(cr, x, y, panel->cell);
		else
			map_ink_rect(cr, x, y, side, side, MAP_OTHER);
	}
}

/*
 * All frames of one colour are one shape: so a picture of thousands of frames
 * stays small as SVG.
 */
static void
draw_colour(cairo_t *cr, const struct panel *panel, uint32_t colour)
{
	const double pitch = slot_side(panel) / panel->side;
	bool some = false;
	double x, y;
	uint32_t i;

	for (i = 0; i < panel->pool->nb_frames; i++) {
		const struct map_frame *frame = &panel->pool->frame[i];

		if (frame->slot < panel->first || frame->slot > panel->last ||
		    map_ink_of(frame, panel->picture->colouring) != colour)
			continue;
		frame_place(panel, frame, &x, &y);
		cairo_rectangle(cr, x - pitch * 0.42, y - pitch * 0.42, pitch * 0.84, pitch * 0.84);
		some = true;
	}
	if (some)
		map_ink_fill(cr, colour);
}

static void
draw_frames(cairo_t *cr, const struct panel *panel)
{
	uint32_t colours[MAP_COLOURS_MAX], nb = 0, i, known;

	for (i = 0; i < panel->pool->nb_frames; i++) {
		uint32_t colour = map_ink_of(&panel->pool->frame[i], panel->picture->colouring);

		for (known = 0; known < nb && colours[known] != colour; known++)
			;
		if (known == nb && nb < MAP_COLOURS_MAX)
			colours[nb++] = colour;
	}
	for (i = 0; i < nb; i++)
		draw_colour(cr, panel, colours[i]);
}

/* Slots too small for frames: a bar of the states. */
static void
draw_bars(cairo_t *cr, const struct panel *panel)
{
	const double side = slot_side(panel);
	uint32_t i, state;
	double x, y, high;

	for (i = 0; i < panel->pool->nb_slots; i++) {
		const struct map_slot *slot = &panel->pool->slot[i];

		slot_place(panel, i, &x, &y);
		for (state = 0; state < MAP_STATES; state++) {
			if (slot->state[state] == 0)
				continue;
			high = side * slot->state[state] / slot->frames;
			map_ink_rect(cr, x, y, side, high, map_ink_of_state(state));
			y += high;
		}
	}
}

/* --- the path ------------------------------------------------------------------- */

struct path {
	double *points; /* x and y by turns */
	uint32_t n;
	char last[16]; /* number of the last one */
	double left, top, right, bottom;
	uint32_t slot_first, slot_last;
};

static void
path_find(const struct panel *panel, struct path *path)
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
		frame_place(panel, frame, x, y);
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
	const double *last = &path->points[2 * path->n - 2];

	map_ink_path(cr, path->points, path->n, 1.7 / scale);
	map_ink_mark(cr, last[0], last[1], scale, MAP_LAST, path->last);
	map_ink_mark(cr, path->points[0], path->points[1], scale, MAP_FIRST, "1");
}

/* Is nothing of the pool drawn from there down? */
static bool
is_empty_below(const struct panel *panel, double y)
{
	uint32_t row = (uint32_t)((y - panel->y) / panel->cell);

	return !panel->pool->maze && row * panel->columns >= panel->pool->nb_slots;
}

/* A path too small to follow, once more and larger. */
static void
draw_magnified(cairo_t *cr, const struct panel *panel, const struct path *path)
{
	const double pitch = slot_side(panel) / panel->side;
	const double x = panel->x + panel->cell, y = panel->y + PANEL * 0.42;
	const double wide = PANEL - 2 * panel->cell, high = PANEL * 0.4;
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
	draw_frames(cr, panel);
	path_ink(cr, path, scale);
	cairo_restore(cr);
	map_ink_frame(cr, x, y, wide, high, MAP_FAINT);
	map_ink_text(cr, x, y + high + 20, 14, MAP_LEFT, MAP_FAINT, "the same path, magnified");
}

static void
draw_path(cairo_t *cr, const struct panel *panel)
{
	struct panel part = *panel;
	struct path path;

	path_find(panel, &path);
	part.first = path.slot_first;
	part.last = path.slot_last;
	if (path.n > 1) {
		path_ink(cr, &path, 1);
		draw_magnified(cr, &part, &path);
	}
	free(path.points);
}

/* --- words ----------------------------------------------------------------------- */

/* Bytes as people say them. */
static void
bytes_text(char *text, size_t size, uint64_t bytes)
{
	if (bytes % (1 << 20) == 0 || bytes >= 10u << 20)
		snprintf(text, size, "%.0f MiB", (double)bytes / (1 << 20));
	else if (bytes >= 100000)
		snprintf(text, size, "%.1f MiB", (double)bytes / (1 << 20));
	else if (bytes >= 1000)
		snprintf(text, size, "%" PRIu64 ",%03" PRIu64 " bytes", bytes / 1000, bytes % 1000);
	else
		snprintf(text, size, "%" PRIu64 " bytes", bytes);
}

static void
draw_head(cairo_t *cr, const struct panel *panel)
{
	const struct map_pool *pool = panel->pool;
	char text[320], pages[64], page[32];

	map_ink_text(cr, panel->x, MARGIN + 22, 26, MAP_LEFT, MAP_TEXT, pool->handler);
	if (pool->maze)
		snprintf(pages, sizeof(pages), "%u pages at random among %u walls", pool->nb_pages,
		         pool->nb_slots - pool->nb_pages);
	else
		snprintf(pages, sizeof(pages), "%u pages, without walls", pool->nb_pages);
	bytes_text(page, sizeof(page), pool->slot_len);
	snprintf(text, sizeof(text), "pool %s: %" PRIu64 " frames in %s; a square is %s",
	         pool->name, pool->size, pages, page);
	map_ink_text(cr, panel->x, MARGIN + 46, 15, MAP_LEFT, MAP_FAINT, text);
}

static void
path_facts(const struct panel *panel, char *first, char *second, size_t size)
{
	char shortest[32], longest[32];
	struct map_steps steps;

	map_pool_steps(panel->pool, panel->picture->path, &steps);
	second[0] = '\0';
	if (!panel->pool->order_known) {
		snprintf(first, size, "Which frame is handed out next: not to be known.");
		return;
	}
	if (steps.nb == 0) {
		snprintf(first, size, "No frame is free.");
		return;
	}
	bytes_text(shortest, sizeof(shortest), (uint64_t)steps.shortest);
	bytes_text(longest, sizeof(longest), (uint64_t)steps.longest);
	snprintf(first, size, "Yellow: the next %u frames to be handed out. From one to the next:",
	         steps.nb + 1);
	if (steps.shortest == steps.longest)
		snprintf(second, size, "%s each time, to the neighbour in %u of %u cases.",
		         shortest, steps.forward, steps.nb);
	else
		snprintf(second, size, "%s to %s, to the neighbour in %u of %u cases.", shortest,
		         longest, steps.forward, steps.nb);
}

static void
draw_facts(cairo_t *cr, const struct panel *panel, double y)
{
	const struct map_pool *pool = panel->pool;
	char text[3][256];
	int i;

	path_facts(panel, text[0], text[1], sizeof(text[0]));
	if (pool->maze)
		snprintf(text[2], sizeof(text[2]),
		         "The window of %.0f MiB begins at 0x%" PRIx64
		         " in this run, elsewhere in the next.",
		         (double)pool->nb_slots * (double)pool->slot_len / (1 << 20),
		         pool->slot[0].address);
	else
		snprintf(text[2], sizeof(text[2]), "The first frame lies at 0x%" PRIx64 ".",
		         pool->frame[0].address);
	for (i = 0; i < 3; i++)
		map_ink_text(cr, panel->x, y + FACT_LINE * (i + 1), 15, MAP_LEFT, MAP_TEXT,
		             text[i]);
}

static double
legend_item(cairo_t *cr, double x, double y, uint32_t colour, const char *text)
{
	cairo_text_extents_t extents;

	map_ink_rect(cr, x, y, 14, 14, colour);
	map_ink_frame(cr, x, y, 14, 14, MAP_BORDER);
	map_ink_text(cr, x + 20, y + 12, 14, MAP_LEFT, MAP_FAINT, text);
	cairo_text_extents(cr, text, &extents);
	return x + 20 + extents.x_advance + 22;
}

static void
draw_legend(cairo_t *cr, const struct map_picture *picture, double y)
{
	static const char *const states[MAP_STATES] = {
		[MAP_UNKNOWN] = "in use or in DPDK's cache",
		[MAP_DEPOT] = "free",
		[MAP_LANE] = "free, in a lane",
		[MAP_OWNED] = "owned",
		[MAP_QUARANTINED] = "quarantined",
	};
	bool seen[MAP_STATES] = {false}, maze = false, stock = false;
	uint32_t i, slot, state;
	double x = MARGIN;

	for (i = 0; i < picture->nb_pools; i++) {
		maze = maze || picture->pool[i].maze;
		stock = stock || !picture->pool[i].maze;
		for (slot = 0; slot < picture->pool[i].nb_slots; slot++)
			for (state = 0; state < MAP_STATES; state++)
				seen[state] |= picture->pool[i].slot[slot].state[state] > 0;
	}
	for (state = 0; state < MAP_STATES && picture->colouring == MAP_BY_STATE; state++)
		if (seen[state])
			x = legend_item(cr, x, y, map_ink_of_state(state), states[state]);
	for (i = 0; i < 8 && picture->colouring == MAP_BY_OWNER; i++) {
		const struct map_frame owned = {.state = MAP_OWNED, .lcore = (int)i};
		char text[32];

		snprintf(text, sizeof(text), "lcore %u", i);
		x = legend_item(cr, x, y, map_ink_of(&owned, MAP_BY_OWNER), text);
	}
	if (maze)
		x = legend_item(cr, x, y, MAP_WALL, "wall: no memory, every access faults");
	if (stock)
		legend_item(cr, x, y, MAP_OTHER, "not the pool's");
}

/* --- the whole -------------------------------------------------------------------- */

static double
width_of(const struct map_picture *picture)
{
	return 2 * MARGIN + picture->nb_pools * PANEL + (picture->nb_pools - 1) * GUTTER;
}

static void
draw_panel(cairo_t *cr, const struct map_picture *picture, uint32_t i)
{
	const struct map_pool *pool = &picture->pool[i];
	const uint64_t stride = pool->frame_stride > 0 ? pool->frame_stride : pool->slot_len;
	const uint32_t columns = columns_for(picture);
	struct panel panel = {
		.picture = picture,
		.pool = pool,
		.x = MARGIN + i * (PANEL + GUTTER),
		.y = MARGIN + HEAD,
		.last = UINT32_MAX,
		.columns = columns,
		.cell = PANEL / columns,
		.side = (uint32_t)ceil(sqrt(ceil((double)pool->slot_len / (double)stride))),
	};

	draw_head(cr, &panel);
	draw_slots(cr, &panel);
	if (slot_side(&panel) / panel.side < FRAME_LEAST)
		draw_bars(cr, &panel);
	else
		draw_frames(cr, &panel);
	draw_path(cr, &panel);
	draw_facts(cr, &panel, panel.y + PANEL);
}

static int
draw(const struct map_picture *picture, cairo_surface_t *surface, const char *file)
{
	cairo_status_t status;
	cairo_t *cr;
	uint32_t i;

	cr = cairo_create(surface);
	map_ink_rect(cr, 0, 0, width_of(picture), HEIGHT, MAP_PAPER);
	for (i = 0; i < picture->nb_pools; i++)
		draw_panel(cr, picture, i);
	draw_legend(cr, picture, MARGIN + HEAD + PANEL + FACTS);
	status = cairo_status(cr);
	cairo_destroy(cr);
	if (status != CAIRO_STATUS_SUCCESS)
		app_error("%s: cannot draw: %s", file, cairo_status_to_string(status));
	return status == CAIRO_STATUS_SUCCESS ? 0 : -1;
}

/* cairo's own words for a file that cannot be written are vague. */
static int
writable(const char *file)
{
	FILE *try = fopen(file, "w");

	if (try == NULL || fclose(try) != 0) {
		app_error("%s: cannot write: %s", file, strerror(errno));
		return -1;
	}
	return 0;
}

static int
finish(cairo_surface_t *surface, const char *file, int ret, cairo_status_t status)
{
	cairo_surface_finish(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (ret == 0 && status != CAIRO_STATUS_SUCCESS) {
		app_error("%s: cannot write: %s", file, cairo_status_to_string(status));
		ret = -1;
	}
	return ret;
}

int
map_picture_svg(const struct map_picture *picture, const char *file)
{
	cairo_surface_t *surface;
	int ret;

	if (writable(file) != 0)
		return -1;
	surface = cairo_svg_surface_create(file, width_of(picture), HEIGHT);
	ret = draw(picture, surface, file);
	return finish(surface, file, ret, CAIRO_STATUS_SUCCESS);
}

int
map_picture_png(const struct map_picture *picture, const char *file)
{
	cairo_status_t status = CAIRO_STATUS_SUCCESS;
	cairo_surface_t *surface;
	int ret;

	if (writable(file) != 0)
		return -1;
	surface =
		cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width_of(picture), (int)HEIGHT);
	ret = draw(picture, surface, file);
	if (ret == 0)
		status = cairo_surface_write_to_png(surface, file);
	return finish(surface, file, ret, status);
}

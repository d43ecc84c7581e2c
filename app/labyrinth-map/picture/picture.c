/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cairo-svg.h>

#include "app_message.h"
#include "panel.h"

#define GUTTER 44.0
#define HEAD   74.0
#define FACTS  100.0
#define LEGEND 34.0
#define HEIGHT (MAP_MARGIN + HEAD + MAP_PANEL + FACTS + LEGEND + MAP_MARGIN)
/* Below that many points a side, the frames of a slot are drawn as bars. */
#define FRAME_LEAST 1.1

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
width_of(const struct map_picture *picture)
{
	return 2 * MAP_MARGIN + picture->nb_pools * MAP_PANEL + (picture->nb_pools - 1) * GUTTER;
}

static void
draw_panel(cairo_t *cr, const struct map_picture *picture, uint32_t i)
{
	const struct map_pool *pool = &picture->pool[i];
	const uint64_t stride = pool->frame_stride > 0 ? pool->frame_stride : pool->slot_len;
	const uint32_t columns = columns_for(picture);
	struct map_panel panel = {
		.picture = picture,
		.pool = pool,
		.x = MAP_MARGIN + i * (MAP_PANEL + GUTTER),
		.y = MAP_MARGIN + HEAD,
		.last = UINT32_MAX,
		.columns = columns,
		.cell = MAP_PANEL / columns,
		.side = (uint32_t)ceil(sqrt(ceil((double)pool->slot_len / (double)stride))),
	};

	map_panel_head(cr, &panel);
	map_panel_slots(cr, &panel);
	/* Of a sample, places in a page would be invented: only shares are known. */
	if (pool->sampled > 1 || map_panel_slot_side(&panel) / panel.side < FRAME_LEAST)
		map_panel_bars(cr, &panel);
	else
		map_panel_frames(cr, &panel);
	map_panel_path(cr, &panel);
	map_panel_facts(cr, &panel, panel.y + MAP_PANEL);
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
	map_picture_legend(cr, picture, MAP_MARGIN + HEAD + MAP_PANEL + FACTS);
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

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdbool.h>

#include "panel.h"

double
map_panel_slot_side(const struct map_panel *panel)
{
	return panel->cell > 8 ? panel->cell - 2 : panel->cell;
}

static void
slot_place(const struct map_panel *panel, uint32_t slot, double *x, double *y)
{
	const uint32_t row = slot / panel->columns;

	*x = panel->x + slot % panel->columns * panel->cell;
	*y = panel->y + row * panel->cell;
}

/* The middle of a frame. */
void
map_panel_place(const struct map_panel *panel, const struct map_frame *frame, double *x, double *y)
{
	const double pitch = map_panel_slot_side(panel) / panel->side;
	const uint32_t row = frame->rank / panel->side;

	slot_place(panel, frame->slot, x, y);
	*x += (frame->rank % panel->side + 0.5) * pitch;
	*y += (row + 0.5) * pitch;
}

void
map_panel_slots(cairo_t *cr, const struct map_panel *panel)
{
	const uint32_t nb = panel->columns * panel->columns;
	const double side = map_panel_slot_side(panel);
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
draw_colour(cairo_t *cr, const struct map_panel *panel, uint32_t colour)
{
	const double pitch = map_panel_slot_side(panel) / panel->side;
	bool some = false;
	double x, y;
	uint32_t i;

	for (i = 0; i < panel->pool->nb_frames; i++) {
		const struct map_frame *frame = &panel->pool->frame[i];

		if (frame->slot < panel->first || frame->slot > panel->last ||
		    map_ink_of(frame, panel->picture->colouring) != colour)
			continue;
		map_panel_place(panel, frame, &x, &y);
		cairo_rectangle(cr, x - pitch * 0.42, y - pitch * 0.42, pitch * 0.84, pitch * 0.84);
		some = true;
	}
	if (some)
		map_ink_fill(cr, colour);
}

void
map_panel_frames(cairo_t *cr, const struct map_panel *panel)
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
void
map_panel_bars(cairo_t *cr, const struct map_panel *panel)
{
	const double side = map_panel_slot_side(panel);
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

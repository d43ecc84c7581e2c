/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "panel.h"

#define FACT_LINE 22.0

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

void
map_panel_head(cairo_t *cr, const struct map_panel *panel)
{
	const struct map_pool *pool = panel->pool;
	char text[320], pages[64], page[32];

	map_ink_text(cr, panel->x, MAP_MARGIN + 22, 26, MAP_LEFT, MAP_TEXT, pool->handler);
	if (pool->maze)
		snprintf(pages, sizeof(pages), "%u pages at random among %u walls", pool->nb_pages,
		         pool->nb_slots - pool->nb_pages);
	else
		snprintf(pages, sizeof(pages), "%u pages, without walls", pool->nb_pages);
	bytes_text(page, sizeof(page), pool->slot_len);
	snprintf(text, sizeof(text), "pool %s: %" PRIu64 " frames in %s; a square is %s",
	         pool->name, pool->size, pages, page);
	map_ink_text(cr, panel->x, MAP_MARGIN + 46, 15, MAP_LEFT, MAP_FAINT, text);
}

static void
path_facts(const struct map_panel *panel, char *first, char *second, size_t size)
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

void
map_panel_facts(cairo_t *cr, const struct map_panel *panel, double y)
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

void
map_picture_legend(cairo_t *cr, const struct map_picture *picture, double y)
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
	double x = MAP_MARGIN;

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

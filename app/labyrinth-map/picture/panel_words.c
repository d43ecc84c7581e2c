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
	first[0] = '\0';
	second[0] = '\0';
	/* Steps between frames of a sample are not those that the pool makes. */
	if (panel->pool->sampled > 1) {
		snprintf(first, size, "Colours are shares of each page, by a sample:");
		snprintf(second, size, "%u of %" PRIu64 " frames were read (--all reads them all).",
		         panel->pool->nb_frames, panel->pool->size);
		return;
	}
	if (panel->picture->path == 0)
		return;
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

/* Whose pool, and when. */
static void
origin_facts(const struct map_pool *pool, char *text, size_t size)
{
	if (pool->process != 0)
		snprintf(text, size, "%s, process %" PRIu64 ", pool %s, %s.", pool->program,
		         pool->process, pool->name, pool->time);
}

void
map_panel_facts(cairo_t *cr, const struct map_panel *panel, double y)
{
	const struct map_pool *pool = panel->pool;
	char text[4][256] = {""};
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
	origin_facts(pool, text[3], sizeof(text[3]));
	for (i = 0; i < 4; i++) {
		if (text[i][0] == '\0')
			continue;
		y += FACT_LINE;
		map_ink_text(cr, panel->x, y, 15, MAP_LEFT, MAP_TEXT, text[i]);
	}
}

/* --- the legend ------------------------------------------------------------------ */

#define OWNERS_NAMED 8

/* What there is in a picture. */
struct seen {
	bool state[MAP_STATES];
	bool owner[OWNERS_NAMED];
	bool maze;
	bool stock;
	bool unread; /* a page of which a sample has no frame */
};

static void
look(const struct map_pool *pool, struct seen *seen)
{
	uint32_t i;

	seen->maze = seen->maze || pool->maze;
	seen->stock = seen->stock || !pool->maze;
	for (i = 0; i < pool->nb_slots; i++)
		seen->unread |=
			pool->sampled > 1 && pool->slot[i].memory && pool->slot[i].frames == 0;
	for (i = 0; i < pool->nb_frames; i++) {
		const struct map_frame *frame = &pool->frame[i];

		seen->state[frame->state] = true;
		if (frame->state == MAP_OWNED && frame->lcore >= 0)
			seen->owner[(uint32_t)frame->lcore % OWNERS_NAMED] = true;
	}
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

static double
legend_states(cairo_t *cr, double x, double y, const struct seen *seen)
{
	static const char *const states[MAP_STATES] = {
		[MAP_UNKNOWN] = "in use or in DPDK's cache",
		[MAP_DEPOT] = "free",
		[MAP_LANE] = "free, in a lane",
		[MAP_OWNED] = "owned",
		[MAP_QUARANTINED] = "quarantined",
	};
	uint32_t i;

	for (i = 0; i < MAP_STATES; i++)
		if (seen->state[i])
			x = legend_item(cr, x, y, map_ink_of_state(i), states[i]);
	return x;
}

static double
legend_owners(cairo_t *cr, double x, double y, const struct seen *seen)
{
	struct map_frame frame = {.state = MAP_OWNED};
	char text[32];
	uint32_t i;

	for (i = 0; i < OWNERS_NAMED; i++) {
		frame.lcore = (int)i;
		snprintf(text, sizeof(text), "owned by lcore %u", i);
		if (seen->owner[i])
			x = legend_item(cr, x, y, map_ink_of(&frame, MAP_BY_OWNER), text);
	}
	frame.state = MAP_DEPOT;
	return legend_item(cr, x, y, map_ink_of(&frame, MAP_BY_OWNER), "free, or owner not known");
}

void
map_picture_legend(cairo_t *cr, const struct map_picture *picture, double y)
{
	struct seen seen = {.maze = false};
	double x = MAP_MARGIN;
	uint32_t i;

	for (i = 0; i < picture->nb_pools; i++)
		look(&picture->pool[i], &seen);
	x = picture->colouring == MAP_BY_STATE ? legend_states(cr, x, y, &seen)
	                                       : legend_owners(cr, x, y, &seen);
	if (seen.maze)
		x = legend_item(cr, x, y, MAP_WALL, "wall: no memory, every access faults");
	if (seen.stock)
		x = legend_item(cr, x, y, MAP_OTHER, "not the pool's");
	if (seen.unread)
		legend_item(cr, x, y, MAP_ROOM, "page, no frame of it in the sample");
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

#define COLUMNS   32
#define BAR_WIDTH 50
#define RESET     "\033[0m"
#define WALL      "\033[48;5;236;38;5;240m"

static bool
coloured(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

void
map_watch_begin(void)
{
	if (coloured())
		fputs("\033[H\033[J", stdout);
}

/* Percent of a slot's frames that are not free. */
static uint32_t
taken(const struct map_slot *slot)
{
	uint32_t free_frames = slot->state[MAP_DEPOT] + slot->state[MAP_LANE];

	return slot->frames == 0 ? 0 : (slot->frames - free_frames) * 100 / slot->frames;
}

/* Light blue to orange. */
static int
heat(uint32_t percent)
{
	static const int colours[] = {153, 152, 187, 222, 215, 208};

	return colours[percent * 5 / 100];
}

static void
show_slot(const struct map_pool *pool, const struct map_slot *slot)
{
	bool colours = coloured();

	if (!slot->memory) {
		if (colours)
			printf(WALL "%s" RESET, pool->maze ? "▒▒" : "  ");
		else
			fputs(pool->maze ? "##" : "..", stdout);
		return;
	}
	if (colours)
		printf("\033[48;5;%d;38;5;16m", heat(taken(slot)));
	if (taken(slot) > 99)
		fputs("**", stdout);
	else
		printf("%2u", taken(slot));
	if (colours)
		fputs(RESET, stdout);
}

static uint64_t
gauge(const struct map_pool *pool, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(pool->stats, name));
}

static void
show_bar(const char *name, uint64_t value, uint64_t most)
{
	int filled = most == 0 ? 0 : (int)(value * BAR_WIDTH / most);

	if (filled == 0 && value > 0)
		filled = 1;
	printf("  %-12s %10" PRIu64 " |%.*s%*s|\n", name, value, filled,
	       "##################################################", BAR_WIDTH - filled, "");
}

static void
show_gauges(const struct map_pool *pool)
{
	static const char *const gauges[] = {"available", "cached", "used", "quarantined", "peak"};
	uint32_t i;

	for (i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++)
		show_bar(gauges[i], gauge(pool, gauges[i]), pool->size);
	printf("  refills %" PRIu64 ", flushes %" PRIu64 ", steals %" PRIu64 ", failures %" PRIu64
	       ", violations %" PRIu64 "\n",
	       gauge(pool, "refills"), gauge(pool, "flushes"), gauge(pool, "steals"),
	       gauge(pool, "failures"), gauge(pool, "violations"));
}

static void
show_lanes(const struct map_pool *pool)
{
	const char *name;
	json_t *lane;

	printf("  %-10s %8s %10s %10s %10s %10s\n", "lane", "cached", "refills", "flushes",
	       "steals", "failures");
	json_object_foreach(pool->stats, name, lane)
	{
		if (!json_is_object(lane))
			continue;
		printf("  %-10s %8lld %10lld %10lld %10lld %10lld\n", name,
		       (long long)json_integer_value(json_object_get(lane, "cached")),
		       (long long)json_integer_value(json_object_get(lane, "refills")),
		       (long long)json_integer_value(json_object_get(lane, "flushes")),
		       (long long)json_integer_value(json_object_get(lane, "steals")),
		       (long long)json_integer_value(json_object_get(lane, "failures")));
	}
}

void
map_watch_show(const struct map_pool *pool)
{
	uint32_t i;

	printf("pool %s, handler %s: %" PRIu64 " frames, %u pages, %u %s\n", pool->name,
	       pool->handler, pool->size, pool->nb_pages, pool->nb_slots - pool->nb_pages,
	       pool->maze ? "walls (##)" : "slots between that are not its own (..)");
	for (i = 0; i < pool->nb_slots; i++) {
		if (i % COLUMNS == 0)
			fputs("  ", stdout);
		show_slot(pool, &pool->slot[i]);
		if (i % COLUMNS == COLUMNS - 1 || i + 1 == pool->nb_slots)
			putchar('\n');
	}
	puts(pool->states_known ? "  numbers: percent of a page's frames that are not free"
	                        : "  numbers: nothing is known of the frames' states");
	if (pool->stats != NULL) {
		show_gauges(pool);
		show_lanes(pool);
	}
	putchar('\n');
	fflush(stdout);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app_clock.h"
#include "options.h"
#include "watch.h"

#define COLUMNS     32
#define MAP_WATCHED (MAP_SOURCES_MAX * MAP_POOLS_MAX)
#define BAR_WIDTH   50
#define RESET       "\033[0m"
#define WALL        "\033[48;5;236;38;5;240m"

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

/* What the view before showed of each pool. */
static struct {
	json_t *stats;
	double at;
} before[MAP_WATCHED];

/* A counter's rate since the view before; below 0 while there is none. */
static double
rate(uint32_t index, const char *lane, const char *name, const json_t *now)
{
	const json_t *old = before[index].stats;
	const double passed = app_seconds() - before[index].at;

	if (lane != NULL)
		old = json_object_get(old, lane);
	if (old == NULL || passed <= 0)
		return -1;
	return (double)(json_integer_value(json_object_get(now, name)) -
	                json_integer_value(json_object_get(old, name))) /
	       passed;
}

static void
show_rate(uint32_t index, const char *lane, const char *name, const json_t *now, int width)
{
	const double value = rate(index, lane, name, now);

	if (value < 0)
		printf("%*s", width, "-");
	else
		printf("%*.1f", width, value);
}

static void
remember(uint32_t index, json_t *stats)
{
	json_decref(before[index].stats);
	before[index].stats = json_incref(stats);
	before[index].at = app_seconds();
}

static void
show_gauges(const struct map_pool *pool, uint32_t index)
{
	static const char *const gauges[] = {"available", "cached", "used", "quarantined", "peak"};
	static const char *const counters[] = {"refills", "flushes", "steals", "failures",
	                                       "violations"};
	uint32_t i;

	for (i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++)
		show_bar(gauges[i], gauge(pool, gauges[i]), pool->size);
	printf("  %-12s %10s %12s\n", "counter", "total", "a second");
	for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		printf("  %-12s %10" PRIu64, counters[i], gauge(pool, counters[i]));
		show_rate(index, NULL, counters[i], pool->stats, 13);
		putchar('\n');
	}
}

static void
show_lanes(const struct map_pool *pool, uint32_t index)
{
	static const char *const counters[] = {"refills", "flushes", "steals", "failures"};
	const char *name;
	json_t *lane;
	uint32_t i;

	printf("  %-12s %10s %12s %12s %12s %12s\n", "lane", "cached", "refills/s", "flushes/s",
	       "steals/s", "failures/s");
	json_object_foreach(pool->stats, name, lane)
	{
		if (!json_is_object(lane))
			continue;
		printf("  %-12s %10lld", name,
		       (long long)json_integer_value(json_object_get(lane, "cached")));
		for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
			show_rate(index, name, counters[i], lane, 13);
		putchar('\n');
	}
}

void
map_watch_show(const struct map_pool *pool, uint32_t index)
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
	if (pool->sampled > 1)
		printf("  a sample: %u of %" PRIu64 " frames were read\n", pool->nb_frames,
		       pool->size);
	puts(pool->states_known ? "  numbers: percent of a page's frames that are not free"
	                        : "  numbers: nothing is known of the frames' states");
	if (pool->stats != NULL) {
		show_gauges(pool, index);
		show_lanes(pool, index);
		remember(index, pool->stats);
	}
	putchar('\n');
	fflush(stdout);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Counting. Nothing on the data path keeps a total: the rooms are walked when
 * somebody asks. While no call is under way the sums are exact; a call under
 * way may hide or show twice what it is moving.
 */

#include <string.h>

#include "event.h"
#include "fail.h"
#include "gauge.h"
#include "lane.h"
#include "page.h"
#include "roomless.h"

static uint32_t
rooms_sum(const struct labyrinth *lab)
{
	uint32_t sum = 0;
	uint32_t i;

	for (i = 1; i <= lab->room_count; i++)
		sum += lab_room_count_seen(lab_room(lab, i));
	/* Staged frames are in rooms already, but nobody can get them. */
	return sum - lab->staged + lab_roomless_count(lab);
}

/*
 * What is in the rooms of a lane that somebody is in: nobody else can get it.
 * Programs wait for a count and then get as many frames, so it is not counted
 * before the lane has been left.
 */
static uint32_t
hidden_sum(const struct labyrinth *lab)
{
	uint32_t sum = 0;
	uint32_t i;

	for (i = 0; i < lab->lane_count; i++) {
		bool busy;
		uint32_t held = lab_lane_holds(lab, &lab->lanes[i], &busy);

		sum += busy ? held : 0;
	}
	return sum;
}

static uint32_t
frames_free(const struct labyrinth *lab)
{
	uint32_t sum = rooms_sum(lab);
	uint32_t hidden = hidden_sum(lab);

	return sum > hidden ? sum - hidden : 0;
}

static uint32_t
pages_free(const struct labyrinth *lab)
{
	uint32_t sum = 0;
	uint32_t i;

	for (i = 0; i < lab->frames; i++)
		sum += lab_page_is_free(lab, i);
	return sum;
}

uint32_t
labyrinth_count(const labyrinth_t *lab)
{
	uint32_t count = (lab->flags & LABYRINTH_F_PAGES) != 0 ? pages_free(lab) : frames_free(lab);

	/* Rooms that move while they are walked may be seen twice. */
	return count > lab->frames ? lab->frames : count;
}

/* What one lane holds and has done, added to the sum of all. */
static void
lane_stats(const struct labyrinth *lab, uint32_t index, struct labyrinth_stats *sum,
           struct labyrinth_lane_stats *one)
{
	const struct lab_lane *lane = &lab->lanes[index];

	*one = (struct labyrinth_lane_stats){
		.lane = lab_lane_name(lab, lane),
		.index = index,
		.refills = lab_counter_read(&lane->refills),
		.flushes = lab_counter_read(&lane->flushes),
		.steals = lab_counter_read(&lane->steals),
		.failures = lab_counter_read(&lane->failures),
	};
	one->cached = lab_lane_holds(lab, lane, &one->busy);
	sum->cached += one->cached;
	sum->refills += one->refills;
	sum->flushes += one->flushes;
	sum->steals += one->steals;
	sum->failures += one->failures;
}

/*
 * The gauges are read one after the other while frames move between what they
 * count. Each is held to what the ones before leave of all frames, and what is
 * left in the end is used: so they add up whatever was seen.
 */
static void
gauges_fit(struct labyrinth_stats *stats, uint32_t idle)
{
	uint32_t left = stats->frames;

	if (stats->quarantined > left)
		stats->quarantined = left;
	left -= stats->quarantined;
	if (idle > left)
		idle = left;
	if (stats->cached > idle)
		stats->cached = idle;
	stats->available = idle - stats->cached;
	stats->used = left - idle;
}

uint32_t
labyrinth_lane_stats(const labyrinth_t *lab, struct labyrinth_stats *stats,
                     struct labyrinth_lane_stats *lanes, uint32_t most)
{
	bool pages = (lab->flags & LABYRINTH_F_PAGES) != 0;
	struct labyrinth_lane_stats one;
	uint32_t idle;
	uint32_t i;

	memset(stats, 0, sizeof(*stats));
	stats->injected = lab_fail_sum(lab);
	stats->frames = lab->frames;
	idle = pages ? pages_free(lab) : rooms_sum(lab);
	for (i = 0; i < lab->lane_count; i++)
		lane_stats(lab, i, stats, i < most ? &lanes[i] : &one);
	stats->quarantined = lab_quarantined(lab);
	/* @atomic violations-read: pairs violations-add, audit-violations-add. Else: nothing; a
	 * counter. */
	stats->violations = atomic_load_explicit(&lab->violations, memory_order_relaxed);
	gauges_fit(stats, idle);
	/* A labyrinth lies in memory that may be written to; only its maximum changes. */
	lab_peak_note((struct labyrinth *)(uintptr_t)lab, stats->used);
	stats->peak = lab_peak(lab);
	return i < most ? i : most;
}

void
labyrinth_stats(const labyrinth_t *lab, struct labyrinth_stats *stats)
{
	labyrinth_lane_stats(lab, stats, NULL, 0);
}

uint32_t
labyrinth_lanes(const labyrinth_t *lab)
{
	return lab->lane_count;
}

void *
labyrinth_frame(const labyrinth_t *lab, uint32_t index)
{
	return index < lab->frames ? lab->table[index] : NULL;
}

void *
labyrinth_entrance(const labyrinth_t *lab)
{
	return lab->window ? (void *)lab->entrance : NULL;
}

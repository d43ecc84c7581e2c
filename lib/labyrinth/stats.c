/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Counting. Nothing on the data path keeps a total: the rooms are walked when
 * somebody asks. While no call is under way the sums are exact; a call under
 * way may hide or show twice what it is moving.
 */

#include <string.h>

#include "fail.h"
#include "lane.h"
#include "stray.h"

static uint32_t
rooms_sum(const struct labyrinth *lab)
{
	uint32_t sum = 0;
	uint32_t i;

	for (i = 1; i <= lab->room_count; i++)
		sum += lab_room_count_seen(lab_room(lab, i));
	/* Staged frames are in rooms already, but nobody can get them. */
	return sum - lab->staged + lab_strays(lab);
}

/* Is somebody in the middle of a call that uses this lane? */
static bool
lane_in_use(const struct lab_lane *lane, uint64_t slot)
{
	if ((slot & LAB_BUSY) == 0)
		return false;
	/* @atomic keeper-count: pairs keeper-set. Else: what a thread keeps is not counted. */
	if (atomic_load_explicit(&lane->keeper, memory_order_relaxed) == 0)
		return true;
	/* @atomic calls-seen: pairs calls-begin, calls-end. Else: see calls-end. */
	return (atomic_load_explicit(&lane->calls, memory_order_acquire) & 1) != 0;
}

/* The frames in the rooms of a lane, if a call uses it, or if none does. */
static uint32_t
lane_holds(const struct labyrinth *lab, const struct lab_lane *lane, bool in_use)
{
	/* @atomic lane-look: pairs lane-leave, lane-publish. Else: a torn slot. */
	uint64_t slot = atomic_load_explicit(&lane->slot, memory_order_relaxed);
	struct lab_visit seen;

	if (lane_in_use(lane, slot) != in_use)
		return 0;
	lab_visit_unpack(&seen, NULL, slot);
	return (seen.front == LAB_NO_ROOM ? 0 : lab_room_count(lab_room(lab, seen.front))) +
	       (seen.back == LAB_NO_ROOM ? 0 : lab_room_count(lab_room(lab, seen.back)));
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

	for (i = 0; i < lab->lane_count; i++)
		sum += lane_holds(lab, &lab->lanes[i], true);
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

	for (i = 0; i < lab->frames; i++) {
		/* @atomic page-count: pairs page-claim, page-free. Else: a torn number. */
		sum += (atomic_load_explicit(&lab->version[i], memory_order_relaxed) & 1) == 0;
	}
	return sum;
}

uint32_t
labyrinth_count(const labyrinth_t *lab)
{
	uint32_t count = (lab->flags & LABYRINTH_F_PAGES) != 0 ? pages_free(lab) : frames_free(lab);

	/* Rooms that move while they are walked may be seen twice. */
	return count > lab->frames ? lab->frames : count;
}

void
labyrinth_stats(const labyrinth_t *lab, struct labyrinth_stats *stats)
{
	uint32_t total = labyrinth_count(lab);
	uint32_t i;

	memset(stats, 0, sizeof(*stats));
	for (i = 0; i < lab->lane_count; i++) {
		const struct lab_lane *lane = &lab->lanes[i];

		stats->cached += lane_holds(lab, lane, false);
		stats->refills += lab_counter_read(&lane->refills);
		stats->flushes += lab_counter_read(&lane->flushes);
		stats->steals += lab_counter_read(&lane->steals);
		stats->failures += lab_counter_read(&lane->failures);
	}
	stats->injected = lab_fail_sum(lab);
	if (stats->cached > total)
		stats->cached = total;
	stats->frames = lab->frames;
	stats->available = total - stats->cached;
	/* @atomic quarantined-read: pairs quarantined-add. Else: nothing; a gauge. */
	stats->quarantined = atomic_load_explicit(&lab->quarantined, memory_order_relaxed);
	/* @atomic violations-read: pairs violations-add. Else: nothing; a counter. */
	stats->violations = atomic_load_explicit(&lab->violations, memory_order_relaxed);
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
	return lab->region[0].walls != NULL ? (void *)lab->entrance : NULL;
}

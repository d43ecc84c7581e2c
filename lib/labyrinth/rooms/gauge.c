/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "gauge.h"
#include "lane.h"

uint32_t
lab_depot_frames(const struct labyrinth *lab)
{
	int64_t sum = 0;
	uint32_t i;

	for (i = 0; i < LAB_SHELVES; i++) {
		/* @atomic depot-holds: pairs depot-gained, depot-lost. Else: a torn number. */
		sum += atomic_load_explicit(&lab->full[i].frames, memory_order_relaxed);
		/* @atomic depot-holds-partial: pairs depot-gained, depot-lost. Else: a torn number.
		 */
		sum += atomic_load_explicit(&lab->partial[i].frames, memory_order_relaxed);
	}
	return sum < 0 ? 0 : (uint32_t)sum;
}

uint32_t
lab_quarantined(const struct labyrinth *lab)
{
	/* @atomic quarantined-read: pairs quarantined-add. Else: nothing; a gauge. */
	return atomic_load_explicit(&lab->quarantined, memory_order_relaxed);
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
	/* @atomic left-seen: pairs left-begin, left-end. Else: see left-end. */
	return atomic_load_explicit(&lane->left, memory_order_acquire) < 0;
}

uint32_t
lab_lane_holds(const struct labyrinth *lab, const struct lab_lane *lane, bool *busy)
{
	/* @atomic lane-look: pairs lane-leave, lane-publish. Else: a torn slot. */
	uint64_t slot = atomic_load_explicit(&lane->slot, memory_order_relaxed);
	struct lab_session seen;

	if (busy != NULL)
		*busy = lane_in_use(lane, slot);
	lab_session_unpack(&seen, NULL, slot);
	return (seen.front == LAB_NO_ROOM ? 0 : lab_room_count(lab_room(lab, seen.front))) +
	       (seen.back == LAB_NO_ROOM ? 0 : lab_room_count(lab_room(lab, seen.back)));
}

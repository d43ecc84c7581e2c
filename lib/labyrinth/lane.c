/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <pthread.h>
#include <string.h>

#include "depot.h"
#include "event.h"
#include "lane.h"

/* Spreads threads without an lcore id over the guest lanes. */
static uint32_t
guest_hint(void)
{
	/* Not a thread-local variable: in a plugin its first use may allocate. */
	return (uint32_t)(((uintptr_t)pthread_self() >> 6) * 0x9e3779b1u >> 28);
}

void
lab_lane_enter_any(struct labyrinth *lab, struct lab_visit *visit, struct lab_lane *local)
{
	uint32_t hint = guest_hint();
	uint32_t i;

	for (i = 0; i < LABYRINTH_GUEST_LANES; i++) {
		if (lab_lane_enter(&lab->lanes[(hint + i) % LABYRINTH_GUEST_LANES], visit))
			return;
	}
	for (i = LABYRINTH_GUEST_LANES; i < lab->lane_count; i++) {
		if (lab_lane_enter(&lab->lanes[i], visit))
			return;
	}
	memset(local, 0, sizeof(*local));
	local->id = UINT32_MAX;
	lab_visit_unpack(visit, local, 0);
}

void
lab_lane_leave_any(struct labyrinth *lab, struct lab_visit *visit, const struct lab_lane *local)
{
	if (visit->lane == local)
		lab_visit_retire(lab, visit);
	else
		lab_lane_leave(visit);
}

void
lab_room_retire(struct labyrinth *lab, uint32_t room)
{
	uint32_t count;

	if (room == LAB_NO_ROOM)
		return;
	count = lab_room_count(lab_room(lab, room));
	if (count > 0) {
		lab_depot_gained(lab, count);
		lab_depot_push(lab, &lab->full, room);
	} else {
		lab_depot_push(lab, &lab->empty, room);
	}
}

void
lab_visit_retire(struct labyrinth *lab, struct lab_visit *visit)
{
	lab_room_retire(lab, visit->back);
	lab_room_retire(lab, visit->front);
	visit->front = LAB_NO_ROOM;
	visit->back = LAB_NO_ROOM;
}

static bool
room_serves(const struct labyrinth *lab, uint32_t room, bool want_frames)
{
	uint32_t count;

	if (room == LAB_NO_ROOM)
		return false;
	count = lab_room_count(lab_room(lab, room));
	return want_frames ? count > 0 : count < LABYRINTH_ROOM_FRAMES;
}

static bool
lane_serves(const struct labyrinth *lab, uint64_t slot, bool want_frames)
{
	struct lab_visit seen;

	lab_visit_unpack(&seen, NULL, slot);
	return room_serves(lab, seen.front, want_frames) ||
	       room_serves(lab, seen.back, want_frames);
}

/* Take a lane's rooms, if it is worth it. The counts read here are hints. */
static bool
rob_lane(struct labyrinth *lab, struct lab_lane *lane, struct lab_visit *loot, bool want_frames)
{
	/* @atomic lane-rob-load: pairs lane-leave, lane-rob. Else: only the swap below fails. */
	uint64_t slot = atomic_load_explicit(&lane->slot, memory_order_relaxed);

	if ((slot & LAB_BUSY) != 0 || !lane_serves(lab, slot, want_frames))
		return false;
	/*
	 * @atomic lane-rob: pairs lane-leave, lane-enter, lane-peek, lane-rob-load. Else:
	 * the robber reads the rooms as they were before their last holder left, or two hold them.
	 */
	if (!atomic_compare_exchange_strong_explicit(&lane->slot, &slot,
	                                             lab_slot_next(slot) & ~LAB_SLOT_ROOMS,
	                                             memory_order_acquire, memory_order_relaxed))
		return false;
	lab_visit_unpack(loot, NULL, slot);
	return true;
}

uint32_t
lab_lanes_high(const struct labyrinth *lab)
{
	/* @atomic lanes-high-read: pairs lanes-high-raise. Else: a new lane is not searched. */
	return atomic_load_explicit(&lab->lanes_high, memory_order_acquire);
}

bool
lab_lane_rob(struct labyrinth *lab, struct lab_visit *visit, bool want_frames)
{
	uint32_t high = lab_lanes_high(lab);
	uint32_t start = visit->lane->id < high ? visit->lane->id : 0;
	struct lab_visit loot;
	uint32_t i;

	for (i = 1; i <= high; i++) {
		uint32_t victim = (start + i) % high;

		if (&lab->lanes[victim] == visit->lane)
			continue;
		if (!rob_lane(lab, &lab->lanes[victim], &loot, want_frames))
			continue;
		lab_visit_retire(lab, visit);
		visit->front = loot.front;
		visit->back = loot.back;
		lab_counter_add(&visit->lane->steals, 1);
		lab_lane_mark_used(lab, visit->lane->id);
		lab_visit_publish(visit);
		lab_event(lab, visit->lane, LABYRINTH_EVENT_STEAL,
		          lab_lane_cached(lab, visit->lane, NULL));
		return true;
	}
	return false;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Rooms of other lanes that nobody is in: stolen, when there are no others. */

#include "event.h"
#include "gauge.h"
#include "lane.h"

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
	struct lab_session seen;

	lab_session_unpack(&seen, NULL, slot);
	return room_serves(lab, seen.front, want_frames) ||
	       room_serves(lab, seen.back, want_frames);
}

/* Take a lane's rooms, if it is worth it. The counts read here are hints. */
static bool
take_rooms(struct labyrinth *lab, struct lab_lane *lane, struct lab_lane *thief,
           struct lab_session *stolen, bool want_frames)
{
	/* @atomic lane-steal-load: pairs lane-leave, lane-steal. Else: only the swap below fails.
	 */
	uint64_t slot = atomic_load_explicit(&lane->slot, memory_order_relaxed);

	if ((slot & LAB_BUSY) != 0 || !lane_serves(lab, slot, want_frames))
		return false;
	lab_session_unpack(stolen, NULL, slot);
	lab_lane_intend(lab, thief, stolen->front, stolen->back);
	/*
	 * @atomic lane-steal: pairs lane-leave, lane-enter, lane-peek, lane-steal-load,
	 * recover-slot. Else: the thief reads the rooms as they were before their last holder left,
	 * or two hold them; who sees them gone does not see the thief's intent (release).
	 */
	if (!atomic_compare_exchange_strong_explicit(&lane->slot, &slot,
	                                             lab_slot_next(slot) & ~LAB_SLOT_ROOMS,
	                                             memory_order_acq_rel, memory_order_relaxed)) {
		lab_lane_intend_nothing(thief);
		return false;
	}
	return true;
}

static uint32_t
in_hand(const struct lab_lane *lane)
{
	/* @atomic in-hand-look: pairs in-hand-set. Else: frames that come back are not waited for.
	 */
	return atomic_load_explicit(&lane->in_hand, memory_order_relaxed);
}

/* Is the thread in this lane about to give frames back to others? */
static bool
lane_will_give(const struct labyrinth *lab, const struct lab_lane *lane)
{
	uint64_t slot = lab_lane_peek(lane);

	/* @atomic stopped-look: pairs stopped-set, stopped-clear. Else: a torn slot. */
	if (atomic_load_explicit(&lane->stopped_at, memory_order_relaxed) == slot)
		return false;
	if ((slot & LAB_BUSY) != 0 && in_hand(lane) > 0)
		return true;
	return lab_lane_keeper(lane) == 0 && lane_serves(lab, slot, true);
}

bool
lab_lanes_have_frames(const struct labyrinth *lab, const struct lab_lane *mine)
{
	uint32_t i;

	LAB_LANES_FOREACH(lab, i)
	{
		if (&lab->lanes[i] != mine && lane_will_give(lab, &lab->lanes[i]))
			return true;
	}
	return false;
}

void
lab_lanes_seem_stopped(struct labyrinth *lab, const struct lab_lane *mine)
{
	uint32_t i;

	LAB_LANES_FOREACH(lab, i)
	{
		struct lab_lane *lane = &lab->lanes[i];
		uint64_t slot = lab_lane_peek(lane);

		if (lane == mine || (slot & LAB_BUSY) == 0)
			continue;
		/* @atomic stopped-set: pairs stopped-look. Else: a torn slot. */
		atomic_store_explicit(&lane->stopped_at, slot, memory_order_relaxed);
	}
}

/* The rooms of one lane become the caller's. */
static bool
steal_from(struct labyrinth *lab, struct lab_session *session, uint32_t victim, bool want_frames)
{
	struct lab_session stolen;

	if (&lab->lanes[victim] == session->lane ||
	    !take_rooms(lab, &lab->lanes[victim], session->lane, &stolen, want_frames))
		return false;
	lab_session_retire(lab, session);
	session->front = stolen.front;
	session->back = stolen.back;
	lab_counter_add(&session->lane->steals, 1);
	lab_lane_mark_used(lab, session->lane->id);
	lab_session_publish(session);
	lab_event(lab, session->lane, LABYRINTH_EVENT_STEAL,
	          lab_lane_holds(lab, session->lane, NULL));
	return true;
}

/* From the lane after the caller's own on: not everybody is to begin with the same one. */
bool
lab_lane_steal(struct labyrinth *lab, struct lab_session *session, bool want_frames)
{
	uint32_t start = session->lane->id < lab->lane_count ? session->lane->id + 1 : 0;
	uint32_t i;

	for (i = lab_lane_used_from(lab, start); i < lab->lane_count;
	     i = lab_lane_used_from(lab, i + 1)) {
		if (steal_from(lab, session, i, want_frames))
			return true;
	}
	for (i = lab_lane_used_from(lab, 0); i < start; i = lab_lane_used_from(lab, i + 1)) {
		if (steal_from(lab, session, i, want_frames))
			return true;
	}
	return false;
}

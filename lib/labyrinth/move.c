/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "depot.h"
#include "event.h"
#include "lane.h"
#include "move.h"

static bool
has_frames(const struct labyrinth *lab, uint32_t room)
{
	return room != LAB_NO_ROOM && lab_room_count(lab_room(lab, room)) > 0;
}

static bool
has_space(const struct labyrinth *lab, uint32_t room)
{
	return room != LAB_NO_ROOM && lab_room_count(lab_room(lab, room)) < LABYRINTH_ROOM_FRAMES;
}

static void
swap_rooms(struct lab_visit *visit)
{
	uint32_t front = visit->front;

	visit->front = visit->back;
	visit->back = front;
}

/* One look at all places for a room with frames. */
static bool
front_refill(struct labyrinth *lab, struct lab_visit *visit)
{
	uint32_t room;

	if (has_frames(lab, visit->back)) {
		swap_rooms(visit);
		return true;
	}
	room = lab_depot_take(lab, lab->full, visit->lane);
	if (room != LAB_NO_ROOM) {
		/* One empty room is kept: the frames got here come back here, most likely. */
		if (visit->back == LAB_NO_ROOM)
			swap_rooms(visit);
		else
			lab_room_retire(lab, visit->lane, visit->front);
		visit->front = room;
		lab_counter_add(&visit->lane->refills, 1);
		lab_lane_mark_used(lab, visit->lane->id);
		lab_visit_publish(visit);
		lab_event(lab, visit->lane, LABYRINTH_EVENT_REFILL,
		          lab_room_count(lab_room(lab, room)));
		return true;
	}
	/*
	 * What the victim's rooms seemed to hold may have been got by then; another
	 * thread has made progress in that case.
	 */
	while (lab_lane_rob(lab, visit, true)) {
		if (!has_frames(lab, visit->front))
			swap_rooms(visit);
		if (has_frames(lab, visit->front))
			return true;
	}
	return false;
}

/*
 * Who frees a frame hides those in its lane for as long as its call takes, some hundred
 * instructions. Programs that have seen how many frames are free do not expect a get to
 * fail over that. So it looks again, but not for ever: who is in the lane may be stopped.
 */
#define LAB_LOOKS 64

bool
lab_front_refill(struct labyrinth *lab, struct lab_visit *visit)
{
	uint32_t looks;

	for (looks = 0; looks < LAB_LOOKS; looks++) {
		if (front_refill(lab, visit))
			return true;
		if (!lab_lanes_have_frames(lab, visit->lane))
			return false;
		lab_pause();
	}
	return false;
}

bool
lab_front_make_space(struct labyrinth *lab, struct lab_visit *visit)
{
	uint32_t room;

	if (has_space(lab, visit->back)) {
		swap_rooms(visit);
		return true;
	}
	room = lab_depot_take(lab, lab->empty, visit->lane);
	if (room == LAB_NO_ROOM) {
		while (lab_lane_rob(lab, visit, false)) {
			if (!has_space(lab, visit->front))
				swap_rooms(visit);
			if (has_space(lab, visit->front))
				return true;
		}
		return false;
	}
	/* The back room was filled before the front one: it is the colder. */
	if (visit->back != LAB_NO_ROOM) {
		lab_event(lab, visit->lane, LABYRINTH_EVENT_FLUSH,
		          lab_room_count(lab_room(lab, visit->back)));
		lab_room_retire(lab, visit->lane, visit->back);
		lab_counter_add(&visit->lane->flushes, 1);
	}
	visit->back = visit->front;
	visit->front = room;
	lab_lane_mark_used(lab, visit->lane->id);
	lab_visit_publish(visit);
	return true;
}

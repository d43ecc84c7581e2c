/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "depot.h"
#include "event.h"
#include "gauge.h"
#include "lane.h"
#include "move.h"

static bool
has_space(const struct labyrinth *lab, uint32_t room)
{
	return room != LAB_NO_ROOM && lab_room_count(lab_room(lab, room)) < LABYRINTH_ROOM_FRAMES;
}

static void
swap_rooms(struct lab_session *session)
{
	uint32_t front = session->front;

	session->front = session->back;
	session->back = front;
}

typedef bool
room_fits(const struct labyrinth *lab, uint32_t room);

/*
 * Make `room`, one of the session's two, one that fits: the other one, or a room of other
 * lanes. What a victim's rooms seemed to hold may have been got by then; another thread has
 * made progress in that case.
 */
static bool
find_in_lanes(struct labyrinth *lab, struct lab_session *session, const uint32_t *room,
              room_fits *fits, bool want_frames)
{
	while (!fits(lab, session->front) && !fits(lab, session->back)) {
		if (!lab_lane_steal(lab, session, want_frames))
			return false;
	}
	if (!fits(lab, *room))
		swap_rooms(session);
	return true;
}

static void
note_refill(struct labyrinth *lab, const struct lab_session *session, uint32_t room)
{
	lab_counter_add(&session->lane->refills, 1);
	lab_lane_mark_used(lab, session->lane->id);
	lab_session_publish(session);
	lab_event(lab, session->lane, LABYRINTH_EVENT_REFILL, lab_room_count(lab_room(lab, room)));
}

/* --- first in, first out: gets empty the back room, puts fill the front one -------- */

/*
 * The room whose frames have been free for longest, as far as shelves tell. Before the shelf
 * at the tail is handed out, too, it is closed: what is put from now on goes to the next one.
 */
static uint32_t
take_oldest(struct labyrinth *lab, const struct lab_session *session)
{
	uint32_t looks;

	for (looks = 0; looks < 2 * LAB_SHELVES; looks++) {
		struct lab_queue queue = lab_queue_look(lab);
		uint32_t shelf = lab_queue_shelf(queue.head);
		uint32_t room = LAB_NO_ROOM;

		if (queue.head != queue.tail) {
			room = lab_depot_take_from(lab, &lab->full[shelf], session->lane);
			if (room == LAB_NO_ROOM)
				room = lab_depot_take_from(lab, &lab->partial[shelf],
				                           session->lane);
			if (room != LAB_NO_ROOM)
				return room;
			lab_queue_move(lab, queue, 1, 0);
			continue;
		}
		if (lab_depot_top(&lab->full[shelf]) == LAB_NO_ROOM &&
		    lab_depot_top(&lab->partial[shelf]) == LAB_NO_ROOM)
			break;
		lab_queue_move(lab, queue, 0, 1);
	}
	return lab_depot_take_either(lab, lab->full, lab->partial, session->lane);
}

static bool
back_refill(struct labyrinth *lab, struct lab_session *session)
{
	uint32_t room = take_oldest(lab, session);

	if (room == LAB_NO_ROOM)
		return find_in_lanes(lab, session, &session->back, lab_has_frames, true);
	if (session->front == LAB_NO_ROOM)
		session->front = session->back;
	else
		lab_room_retire(lab, session->lane, session->back);
	session->back = room;
	note_refill(lab, session, room);
	return true;
}

/* --- in any other order: both work on the front room -------------------------------- */

/* One look at all places for a room with frames. */
static bool
front_refill(struct labyrinth *lab, struct lab_session *session)
{
	uint32_t room = LAB_NO_ROOM;

	if (!lab_has_frames(lab, session->back))
		room = lab_depot_take_either(lab, lab->full, lab->partial, session->lane);
	if (room == LAB_NO_ROOM)
		return find_in_lanes(lab, session, &session->front, lab_has_frames, true);
	/* One empty room is kept: the frames got here come back here, most likely. */
	if (session->back == LAB_NO_ROOM)
		swap_rooms(session);
	else
		lab_room_retire(lab, session->lane, session->front);
	session->front = room;
	note_refill(lab, session, room);
	return true;
}

/*
 * A get for many would take all there is before it finds that it is too little, and keep
 * it from others meanwhile. Counts of the depot may be wrong by a room for each process
 * that was killed: so they may say that there is enough, and rooms are counted otherwise.
 */
static bool
may_suffice(const struct labyrinth *lab, const struct lab_session *session, uint32_t n)
{
	uint32_t mine = lab_lane_holds(lab, session->lane, NULL);

	if (n <= LABYRINTH_ROOM_FRAMES || (uint64_t)mine + lab_depot_frames(lab) >= n)
		return true;
	return (uint64_t)mine + labyrinth_count(lab) >= n;
}

/*
 * Who frees a frame hides those in its lane for as long as its call takes, some hundred
 * instructions. Programs that have seen how many frames are free do not expect a get to
 * fail over that. So it looks again, but not for ever: who is in the lane may be stopped.
 */
#define LAB_LOOKS 64

bool
lab_front_refill(struct labyrinth *lab, struct lab_session *session, uint32_t n)
{
	uint32_t looks;

	if (!may_suffice(lab, session, n))
		return false;
	for (looks = 0; looks < LAB_LOOKS; looks++) {
		if (lab_is_queue(lab) ? back_refill(lab, session) : front_refill(lab, session))
			return true;
		if (!lab_lanes_have_frames(lab, session->lane))
			return false;
		lab_pause();
	}
	lab_lanes_seem_stopped(lab, session->lane);
	return false;
}

/*
 * A room with space from the depot. A lane without rooms, as those of threads that come
 * and go, takes one that others have left half full.
 */
static uint32_t
take_space(struct labyrinth *lab, const struct lab_session *session)
{
	bool fresh = session->front == LAB_NO_ROOM && session->back == LAB_NO_ROOM;
	uint32_t room = LAB_NO_ROOM;

	if (fresh && !lab_is_queue(lab))
		return lab_depot_take_either(lab, lab->partial, lab->empty, session->lane);
	/* What is put is the youngest, and so is what lies at the tail. */
	if (fresh)
		room = lab_depot_take_from(lab,
		                           &lab->partial[lab_queue_shelf(lab_queue_look(lab).tail)],
		                           session->lane);
	if (room != LAB_NO_ROOM)
		return room;
	return lab_depot_take_either(lab, lab->empty, lab->partial, session->lane);
}

bool
lab_front_make_space(struct labyrinth *lab, struct lab_session *session)
{
	/*
	 * The back room was filled before the front one: it is the colder. In a queue the front
	 * room leaves: it has what was put.
	 */
	uint32_t *leaves = lab_is_queue(lab) ? &session->front : &session->back;
	uint32_t room = LAB_NO_ROOM;

	if (lab_is_queue(lab) || !has_space(lab, session->back))
		room = take_space(lab, session);
	if (room == LAB_NO_ROOM)
		return find_in_lanes(lab, session, &session->front, has_space, false);
	if (*leaves != LAB_NO_ROOM) {
		lab_event(lab, session->lane, LABYRINTH_EVENT_FLUSH,
		          lab_room_count(lab_room(lab, *leaves)));
		lab_room_retire(lab, session->lane, *leaves);
		lab_counter_add(&session->lane->flushes, 1);
	}
	*leaves = session->front;
	session->front = room;
	lab_lane_mark_used(lab, session->lane->id);
	lab_session_publish(session);
	return true;
}

void
lab_front_stock(struct labyrinth *lab, struct lab_session *session, uint32_t n)
{
	uint32_t room;

	if (session->front == LAB_NO_ROOM)
		return;
	while (lab_room_count(lab_room(lab, session->front)) < LAB_QUARANTINE + n) {
		if (lab_has_frames(lab, session->back)) {
			lab_session_merge(lab, session);
			if (lab_room_count(lab_room(lab, session->front)) == LABYRINTH_ROOM_FRAMES)
				return;
			continue;
		}
		room = lab_depot_take_either(lab, lab->full, lab->partial, session->lane);
		if (room == LAB_NO_ROOM)
			return;
		lab_room_retire(lab, session->lane, session->back);
		session->back = room;
		note_refill(lab, session, room);
	}
}

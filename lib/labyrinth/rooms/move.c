/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "depot.h"
#include "event.h"
#include "gauge.h"
#include "lane.h"
#include "move.h"
#include "queue.h"

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
swap_rooms(struct lab_session *session)
{
	uint32_t front = session->front;

	session->front = session->back;
	session->back = front;
}

/* A room from the depot becomes the front one. */
static void
front_replace(struct labyrinth *lab, struct lab_session *session, uint32_t room)
{
	/* One empty room is kept: the frames got here come back here, most likely. */
	if (session->back == LAB_NO_ROOM)
		swap_rooms(session);
	else
		lab_room_retire(lab, session->lane, session->front);
	session->front = room;
	lab_counter_add(&session->lane->refills, 1);
	lab_lane_mark_used(lab, session->lane->id);
	lab_session_publish(session);
	lab_event(lab, session->lane, LABYRINTH_EVENT_REFILL, lab_room_count(lab_room(lab, room)));
}

/* --- first in, first out: gets empty the back room, puts fill the front one -------- */

/* A room of one of the shelves. */
static uint32_t
take_of_shelf(struct labyrinth *lab, const struct lab_session *session, uint32_t shelf)
{
	uint32_t room = lab_depot_take_from(lab, &lab->full[shelf], session->lane);

	return room != LAB_NO_ROOM ? room
	                           : lab_depot_take_from(lab, &lab->partial[shelf], session->lane);
}

/*
 * Before the shelf at the tail is handed out, too, it gets what the lane has put itself; what
 * is put from now on goes to the next shelf.
 */
static void
queue_close_tail(struct labyrinth *lab, struct lab_session *session, struct lab_queue queue)
{
	if (has_frames(lab, session->front)) {
		lab_room_retire(lab, session->lane, session->front);
		session->front = LAB_NO_ROOM;
		lab_session_publish(session);
	}
	lab_queue_move(lab, queue, (struct lab_queue){queue.head, queue.tail + 1});
}

/* The room whose frames have been free for longest, as far as shelves tell. */
static uint32_t
take_oldest(struct labyrinth *lab, struct lab_session *session)
{
	uint32_t room = take_of_shelf(lab, session, lab_shelf(NULL));
	uint32_t looks;

	for (looks = 0; room == LAB_NO_ROOM && looks < LAB_SHELVES; looks++) {
		struct lab_queue queue = lab_queue_look(lab);

		if (queue.head == queue.tail) {
			queue_close_tail(lab, session, queue);
			queue = lab_queue_look(lab);
		}
		room = take_of_shelf(lab, session, lab_queue_shelf(queue.head));
		if (room == LAB_NO_ROOM && queue.head != queue.tail)
			lab_queue_move(lab, queue, (struct lab_queue){queue.head + 1, queue.tail});
	}
	if (room != LAB_NO_ROOM)
		return room;
	return lab_depot_take_either(lab, lab->full, lab->partial, session->lane);
}

static bool
back_refill(struct labyrinth *lab, struct lab_session *session)
{
	uint32_t room = take_oldest(lab, session);

	if (room != LAB_NO_ROOM) {
		if (session->front == LAB_NO_ROOM)
			session->front = session->back;
		else
			lab_room_retire(lab, session->lane, session->back);
		session->back = room;
		lab_counter_add(&session->lane->refills, 1);
		lab_lane_mark_used(lab, session->lane->id);
		lab_session_publish(session);
		lab_event(lab, session->lane, LABYRINTH_EVENT_REFILL,
		          lab_room_count(lab_room(lab, room)));
		return true;
	}
	while (lab_lane_steal(lab, session, true)) {
		if (!has_frames(lab, session->back))
			swap_rooms(session);
		if (has_frames(lab, session->back))
			return true;
	}
	return false;
}

/* --- in any other order: both work on the front room -------------------------------- */

/* One look at all places for a room with frames. */
static bool
front_refill(struct labyrinth *lab, struct lab_session *session)
{
	uint32_t room;

	if (has_frames(lab, session->back)) {
		swap_rooms(session);
		return true;
	}
	room = lab_depot_take_either(lab, lab->full, lab->partial, session->lane);
	if (room != LAB_NO_ROOM) {
		front_replace(lab, session, room);
		return true;
	}
	/*
	 * What the victim's rooms seemed to hold may have been got by then; another
	 * thread has made progress in that case.
	 */
	while (lab_lane_steal(lab, session, true)) {
		if (!has_frames(lab, session->front))
			swap_rooms(session);
		if (has_frames(lab, session->front))
			return true;
	}
	return false;
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

	if (fresh && !lab_is_queue(lab))
		return lab_depot_take_either(lab, lab->partial, lab->empty, session->lane);
	return lab_depot_take_either(lab, lab->empty, lab->partial, session->lane);
}

bool
lab_front_make_space(struct labyrinth *lab, struct lab_session *session)
{
	uint32_t *full = lab_is_queue(lab) ? &session->front : &session->back;
	uint32_t room;

	if (has_space(lab, session->back) && !lab_is_queue(lab)) {
		swap_rooms(session);
		return true;
	}
	room = take_space(lab, session);
	if (room == LAB_NO_ROOM && has_space(lab, session->back)) {
		swap_rooms(session);
		return true;
	}
	if (room == LAB_NO_ROOM) {
		while (lab_lane_steal(lab, session, false)) {
			if (!has_space(lab, session->front))
				swap_rooms(session);
			if (has_space(lab, session->front))
				return true;
		}
		return false;
	}
	/* The back room was filled before the front one: it is the colder. A queue gets the front.
	 */
	if (*full != LAB_NO_ROOM) {
		lab_event(lab, session->lane, LABYRINTH_EVENT_FLUSH,
		          lab_room_count(lab_room(lab, *full)));
		lab_room_retire(lab, session->lane, *full);
		lab_counter_add(&session->lane->flushes, 1);
	}
	if (!lab_is_queue(lab))
		session->back = session->front;
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
		if (session->back != LAB_NO_ROOM &&
		    lab_room_count(lab_room(lab, session->back)) > 0) {
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
		lab_session_publish(session);
		lab_counter_add(&session->lane->refills, 1);
		lab_event(lab, session->lane, LABYRINTH_EVENT_REFILL,
		          lab_room_count(lab_room(lab, room)));
	}
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>

#include "content.h"
#include "event.h"
#include "move.h"
#include "room.h"
#include "roomless.h"
#include "session.h"

static uint32_t
take(struct labyrinth *lab, struct lab_session *session, void **frames, uint32_t n)
{
	uint32_t room;

	if (lab_unlikely((lab->flags & LABYRINTH_F_RANDOM_REUSE) != 0) &&
	    lab_room_count(lab_room(lab, session->front)) < LAB_QUARANTINE + n)
		lab_front_stock(lab, session, n);
	room = lab_room_to_get(lab, session);
	return lab_room_take(lab, session->lane, lab_room(lab, room), room, frames, n);
}

/*
 * No room has space: the frames become roomless. They pass the same checks on their
 * way through a room of the caller's own.
 */
static LAB_COLD void
put_roomless(struct labyrinth *lab, struct lab_session *session, void *const *frames, uint32_t n)
{
	/* One that is checked can only be in the way of itself. */
	struct labyrinth_violation twice = {
		.kind = (lab->flags & LABYRINTH_F_SEAL) != 0 ? LABYRINTH_DOUBLE_FREE
	                                                     : LABYRINTH_NO_ROOM,
	};
	struct lab_room local;
	uint32_t i;

	lab_event(lab, session->lane, LABYRINTH_EVENT_ROOMLESS, n);
	lab_lane_intend_roomless(lab, session->lane);
	while (n > 0) {
		uint32_t done;

		lab_room_count_set(&local, 0);
		done = lab_room_leave(lab, session->lane, &local, LAB_ROOMLESS, frames, n);
		for (i = 0; i < lab_room_count(&local); i++) {
			if (lab_roomless_put(lab, local.frames[i]))
				continue;
			twice.frame = local.frames[i];
			lab_violation(lab, session->lane, &twice);
		}
		frames += done;
		n -= done;
	}
	lab_lane_intend_nothing(session->lane);
}

void
lab_session_put(struct labyrinth *lab, struct lab_session *session, void *const *frames, uint32_t n)
{
	while (n > 0) {
		uint32_t done = 0;

		if (session->front != LAB_NO_ROOM)
			done = lab_room_leave(lab, session->lane, lab_room(lab, session->front),
			                      session->front, frames, n);
		frames += done;
		n -= done;
		if (n > 0 && !lab_front_make_space(lab, session)) {
			put_roomless(lab, session, frames, n);
			return;
		}
	}
}

/* No room has a frame: get roomless frames. Tells how many were good. */
static LAB_COLD uint32_t
get_roomless(struct labyrinth *lab, struct lab_session *session, void **frames, uint32_t n)
{
	struct lab_room local;
	uint32_t got = 0;

	if (lab_roomless_count(lab) == 0)
		return 0;
	lab_lane_intend_roomless(lab, session->lane);
	while (got < n && lab_roomless_take(lab, &local, n - got) > 0)
		got += lab_room_take(lab, session->lane, &local, LAB_ROOMLESS, frames + got,
		                     n - got);
	lab_lane_intend_nothing(session->lane);
	return got;
}

int
lab_session_get(struct labyrinth *lab, struct lab_session *session, void **frames, uint32_t n)
{
	bool in_hand = false;
	uint32_t got = 0;
	int ret = 0;

	/* What there is not is not looked for, not to keep others from what there is. */
	while (got < n && n <= lab->frames) {
		if (!lab_has_frames(lab, lab_room_to_get(lab, session)) &&
		    !lab_front_refill(lab, session, n - got)) {
			got += get_roomless(lab, session, frames + got, n - got);
			break;
		}
		got += take(lab, session, frames + got, n - got);
		if (lab_unlikely(got < n)) {
			lab_lane_in_hand(session->lane, got);
			in_hand = true;
		}
	}
	if (lab_unlikely(got < n)) {
		lab_counter_add(&session->lane->failures, 1);
		lab_event(lab, session->lane, LABYRINTH_EVENT_FAILURE, n);
		lab_session_put(lab, session, frames, got);
		ret = -ENOENT;
	}
	if (lab_unlikely(in_hand))
		lab_lane_in_hand(session->lane, 0);
	return ret;
}

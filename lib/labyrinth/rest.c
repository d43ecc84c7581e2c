/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>

#include "event.h"
#include "move.h"
#include "rest.h"
#include "stray.h"

/*
 * No room has space: the frames go astray. They pass the same checks on their
 * way through a room of the caller's own.
 */
static LAB_COLD void
put_astray(struct labyrinth *lab, struct lab_visit *visit, void *const *frames, uint32_t n)
{
	struct labyrinth_violation none = {.kind = LABYRINTH_NO_ROOM};
	struct lab_room local;
	uint32_t i;

	lab_event(lab, visit->lane, LABYRINTH_EVENT_STRAY, n);
	lab_lane_intend_astray(lab, visit->lane);
	while (n > 0) {
		uint32_t done;

		lab_room_count_set(&local, 0);
		done = lab_leave_in(lab, visit->lane, &local, LAB_ASTRAY, frames, n);
		for (i = 0; i < lab_room_count(&local); i++) {
			if (!lab_stray_put(lab, lab_room_token(lab, &local, i)))
				lab_violation(lab, visit->lane, &none);
		}
		frames += done;
		n -= done;
	}
	lab_lane_intend_nothing(visit->lane);
}

void
lab_put_rest(struct labyrinth *lab, struct lab_visit *visit, void *const *frames, uint32_t n)
{
	while (n > 0) {
		uint32_t done = 0;

		if (visit->front != LAB_NO_ROOM)
			done = lab_leave(lab, visit, frames, n);
		frames += done;
		n -= done;
		if (n > 0 && !lab_front_make_space(lab, visit)) {
			put_astray(lab, visit, frames, n);
			return;
		}
	}
}

/* No room has a frame: get strays. Tells how many were good. */
static LAB_COLD uint32_t
get_astray(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t n)
{
	struct lab_room local;
	uint32_t got = 0;

	if (lab_strays(lab) == 0)
		return 0;
	lab_lane_intend_astray(lab, visit->lane);
	while (got < n && lab_stray_take(lab, &local, n - got) > 0)
		got += lab_take_from(lab, visit->lane, &local, LAB_ASTRAY, frames + got, n - got);
	lab_lane_intend_nothing(visit->lane);
	return got;
}

int
lab_get_rest(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t got,
             uint32_t n)
{
	while (got < n) {
		if (lab_room_count(lab_room(lab, visit->front)) == 0 &&
		    !lab_front_refill(lab, visit)) {
			got += get_astray(lab, visit, frames + got, n - got);
			break;
		}
		got += lab_take(lab, visit, frames + got, n - got);
	}
	if (lab_likely(got == n))
		return 0;
	lab_counter_add(&visit->lane->failures, 1);
	lab_event(lab, visit->lane, LABYRINTH_EVENT_FAILURE, n);
	lab_put_rest(lab, visit, frames, got);
	return -ENOENT;
}

int
lab_get_spoilt(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t n,
               uint32_t done)
{
	uint32_t got = lab_take_top(lab, visit->lane, lab_room(lab, visit->front), visit->front,
	                            frames, n, done);

	return got < n ? lab_get_rest(lab, visit, frames, got, n) : 0;
}

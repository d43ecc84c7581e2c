/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_REST_H
#define LAB_REST_H

/*
 * During a visit: what the front room serves, and what it takes to serve the
 * rest: other rooms, at last frames that have gone astray.
 */

#include <string.h>

#include "content.h"
#include "lane.h"
#include "sealed.h"

/* Get what is missing of n, after the first `got` of them: 0, or -ENOENT and none. */
LAB_COLD int
lab_get_rest(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t got,
             uint32_t n);

/*
 * Get n frames, of which the first `done` have been taken from the front room, which has
 * n or more; the next one is not good. As lab_get_rest().
 */
LAB_COLD int
lab_get_spoilt(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t n,
               uint32_t done);

/* Put n frames wherever there is space. */
LAB_COLD void
lab_put_rest(struct labyrinth *lab, struct lab_visit *visit, void *const *frames, uint32_t n);

/* Bulks up to this are few: they are copied without a call. */
#define LAB_FEW 32
/* Frames copied at a time; the last so many overlap those before. */
#define LAB_COPY_BLOCK 4

static inline void
lab_copy_few(void **to, void *const *from, uint32_t n)
{
	uint32_t i;

	if (lab_likely(n >= LAB_COPY_BLOCK)) {
		uint32_t last = n - LAB_COPY_BLOCK;

		for (i = 0; i < last; i += LAB_COPY_BLOCK)
			memcpy(&to[i], &from[i], LAB_COPY_BLOCK * sizeof(to[0]));
		memcpy(&to[last], &from[last], LAB_COPY_BLOCK * sizeof(to[0]));
	} else if (n > 0) {
		to[0] = from[0];
		to[n / 2] = from[n / 2];
		to[n - 1] = from[n - 1];
	}
}

static inline void
lab_copy_frames(void **to, void *const *from, uint32_t n)
{
	if (n <= LAB_FEW)
		lab_copy_few(to, from, n);
	else
		memcpy(to, from, n * sizeof(to[0]));
}

/* Take up to n frames from a room; tells how many were good. */
static inline uint32_t
lab_take_plain(struct lab_room *room, void **frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);

	if (n > count)
		n = count;
	lab_copy_frames(frames, &room->frames[count - n], n);
	lab_room_count_set(room, count - n);
	return n;
}

/* Leave up to n frames in a room; tells how many were dealt with. */
static inline uint32_t
lab_leave_plain(struct lab_room *room, void *const *frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);

	if (n > LABYRINTH_ROOM_FRAMES - count)
		n = LABYRINTH_ROOM_FRAMES - count;
	lab_copy_frames(&room->frames[count], frames, n);
	lab_room_count_set(room, count + n);
	return n;
}

static inline uint32_t
lab_take_from(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
              void **frames, uint32_t n)
{
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return lab_take_plain(room, frames, n);
	if (lab_likely((lab->flags & LAB_F_STRICT) == 0))
		return lab_take_sealed(lab, lane, room, number, frames, n);
	return lab_take_strict(lab, lane, room, number, frames, n);
}

static inline uint32_t
lab_leave_in(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
             void *const *frames, uint32_t n)
{
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return lab_leave_plain(room, frames, n);
	if (lab_likely((lab->flags & LAB_F_STRICT) == 0))
		return lab_leave_sealed(lab, lane, room, number, frames, n);
	return lab_leave_strict(lab, lane, room, number, frames, n);
}

static inline uint32_t
lab_take(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t n)
{
	struct lab_room *room = lab_room(lab, visit->front);

	if (lab_unlikely((lab->flags & LABYRINTH_F_RANDOM_REUSE) != 0) &&
	    lab_room_count(room) < LAB_QUARANTINE + n) {
		lab_quarantine_stock(lab, visit, n);
		room = lab_room(lab, visit->front);
	}
	return lab_take_from(lab, visit->lane, room, visit->front, frames, n);
}

static inline uint32_t
lab_leave(struct labyrinth *lab, struct lab_visit *visit, void *const *frames, uint32_t n)
{
	return lab_leave_in(lab, visit->lane, lab_room(lab, visit->front), visit->front, frames, n);
}

#endif /* LAB_REST_H */

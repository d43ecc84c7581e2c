/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "content.h"
#include "loops.h"
#include "room.h"

static uint32_t
take_plain(struct lab_room *room, void **frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);

	lab_copy_frames(frames, &room->frames[count - n], n);
	lab_room_count_set(room, count - n);
	return n;
}

static uint32_t
leave_plain(struct lab_room *room, void *const *frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);

	lab_copy_frames(&room->frames[count], frames, n);
	lab_room_count_set(room, count + n);
	return n;
}

static uint32_t
take_checked(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
             void **frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);
	uint32_t good = 0;

	while (n > 0) {
		uint32_t some = 0;

		if (lab_likely(!lab->aliased))
			some = lab_loops->own(lab, &room->frames[count], n, LAB_WORD_IN(number),
			                      lane->own, &frames[good]);
		good += some;
		count -= some;
		n -= some;
		if (lab_likely(n == 0))
			break;
		/* Out of reach of the loops, watched, or bad. */
		n--;
		frames[good] = room->frames[--count];
		good += lab_take_one(lab, lane, number, frames[good]);
	}
	lab_room_count_set(room, count);
	return good;
}

static uint32_t
leave_checked(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
              void *const *frames, uint32_t n)
{
	const uint64_t put = lab_word_moved(lane->put, number);
	uint32_t count = lab_room_count(room);
	uint32_t i = 0;

	while (i < n) {
		uint32_t some = lab_loops->free(lab, &frames[i], n - i, put, &room->frames[count]);

		count += some;
		i += some;
		if (lab_likely(i == n))
			break;
		if (!lab_put_surprise(lab, lane, frames[i++]))
			continue;
		lab_word_write(lab_word_of(lab, frames[i - 1]), put);
		lab_room_note(&room->frames[count++], frames[i - 1]);
	}
	lab_room_count_set(room, count);
	return n;
}

/* The same when the call watches some of them: up to these, those, and the rest. */
static uint32_t
leave_sampled(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
              void *const *frames, uint32_t n)
{
	uint32_t done = 0;

	while (n - done > lane->watch_in) {
		done += leave_checked(lab, lane, room, number, frames + done, lane->watch_in);
		lane->watch_in = 0;
		done += lab_leave_strict(lab, lane, room, number, frames + done, 1);
	}
	lane->watch_in -= n - done;
	leave_checked(lab, lane, room, number, frames + done, n - done);
	return n;
}

uint32_t
lab_room_take(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
              void **frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);

	if (n > count)
		n = count;
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return take_plain(room, frames, n);
	if ((lab->flags & LAB_F_STRICT) == 0)
		return take_checked(lab, lane, room, number, frames, n);
	return lab_take_strict(lab, lane, room, number, frames, n);
}

uint32_t
lab_room_leave(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
               void *const *frames, uint32_t n)
{
	uint32_t space = LABYRINTH_ROOM_FRAMES - lab_room_count(room);

	if (n > space)
		n = space;
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return leave_plain(room, frames, n);
	if ((lab->flags & LAB_F_STRICT) != 0)
		return lab_leave_strict(lab, lane, room, number, frames, n);
	if (lab_unlikely(lane->watches))
		return leave_sampled(lab, lane, room, number, frames, n);
	return leave_checked(lab, lane, room, number, frames, n);
}

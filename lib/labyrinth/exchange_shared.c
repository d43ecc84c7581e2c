/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Get and put where frames are checked and lanes are shared: the front room serves
 * the call, or exchange_any.c does.
 *
 * What can be read is read before the lane is entered, but after its slot: it takes no
 * longer then, since entering waits for earlier stores anyway, and the slot's version
 * vouches for it. Of a single frame that is all, of bulks what the lane and its front
 * room are.
 */

#include "exchange_any.h"
#include "exchange_shared.h"
#include "lane.h"
#include "own.h"
#include "rest.h"
#include "sealed.h"

/*
 * Does what the lane notes of its frames hold for a call that finds its slot like this:
 * who, and when? The slot's version counts calls, and a few things more.
 */
static inline bool
is_timely(const struct lab_lane *lane, uint64_t slot)
{
	const uint64_t every = (LAB_STAMP_EVERY - 1) * LAB_SLOT_VERSION_ONE;

	return lab_likely((slot & every) != 0) && lab_lane_is_ours(lane);
}

/* The next call finds another version. */
static void
look_at_clock(struct labyrinth *lab, struct lab_lane *lane)
{
	struct lab_visit visit;

	if (!lab_lane_enter(lane, &visit))
		return;
	lab_lane_look_at_clock(lab, lane);
	lab_lane_leave(lab, &visit);
}

static LAB_COLD int
get_late(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane)
{
	look_at_clock(lab, lane);
	return lab_get_slow(lab, frames, n, lane);
}

static LAB_COLD int
put_late(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane)
{
	look_at_clock(lab, lane);
	return lab_put_slow(lab, frames, n, lane);
}

/*
 * As lab_put_record() into this room: all but the room is ready in the lane, where that
 * of no room stands for it.
 */
static inline uint64_t
put_of(const struct lab_lane *lane, uint32_t number)
{
	return lane->put + (lab_put_in(number) - lab_put_in(LAB_NO_ROOM));
}

int
lab_get_shared_one(struct labyrinth *lab, void **out, struct lab_lane *lane)
{
	uint64_t slot = lab_lane_peek(lane);
	uint32_t in = lab_put_in((uint32_t)slot & LAB_ROOM_MASK);
	struct lab_room *room = lab_lane_front(lane);
	uint32_t count = lab_room_count(room);
	void *frame;
	uint64_t id;

	if (!is_timely(lane, slot))
		return get_late(lab, out, 1, lane);
	if (lab_unlikely(in == lab_put_in(LAB_NO_ROOM) || count == 0))
		return lab_get_slow(lab, out, 1, lane);
	id = lab_room_peek(room, count - 1);
	if (lab_unlikely(id >= lab->ids || !lab_deeds_say(&lab->deeds[id], in) ||
	                 !lab_lane_enter_seen(lane, slot)))
		return lab_get_slow(lab, out, 1, lane);
	LAB_NO_EARLIER();
	frame = lab->table[id];
	lab_deeds_own(&lab->deeds[id], lane->record, frame);
	lab_room_count_set(room, count - 1);
	lab_lane_leave_slot(lane, slot);
	*out = frame;
	return 0;
}

int
lab_put_shared_one(struct labyrinth *lab, void *const *frames, struct lab_lane *lane)
{
	/* First: another put of this frame into this lane must not go unnoticed. */
	uint64_t slot = lab_lane_peek(lane);
	const void *frame = frames[0];
	struct lab_room *room;
	uint32_t number;
	uint32_t count;
	uint64_t id;

	if (lab_unlikely(!lab_plausible(lab, frame)))
		return lab_put_slow(lab, frames, 1, lane);
	id = lab_seal_id(frame, lab->key[0], lab->key[1]);
	if (lab_unlikely(id >= lab->ids || !lab_deeds_of_owned(&lab->deeds[id], frame)))
		return lab_put_slow(lab, frames, 1, lane);
	LAB_NO_EARLIER();
	number = (uint32_t)slot & LAB_ROOM_MASK;
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (!is_timely(lane, slot))
		return put_late(lab, frames, 1, lane);
	if (lab_unlikely(number == LAB_NO_ROOM || count == LABYRINTH_ROOM_FRAMES ||
	                 !lab_lane_enter_seen(lane, slot)))
		return lab_put_slow(lab, frames, 1, lane);
	lab_deeds_put_set(&lab->deeds[id], put_of(lane, number));
	lab_room_place(room, count, (uint32_t)id);
	lab_room_count_set(room, count + 1);
	lab_lane_leave_slot(lane, slot);
	return 0;
}

/* After so many good frames there was one that is not. */
static LAB_COLD int
get_spoilt(struct labyrinth *lab, struct lab_lane *lane, uint64_t slot, void **frames, uint32_t n,
           uint32_t done)
{
	struct lab_visit visit;
	int ret;

	lab_visit_unpack(&visit, lane, slot);
	ret = lab_get_spoilt(lab, &visit, frames, n, done);
	lab_lane_leave(lab, &visit);
	return ret;
}

int
lab_get_shared(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane)
{
	uint64_t slot = lab_lane_peek(lane);
	uint32_t number = (uint32_t)slot & LAB_ROOM_MASK;
	struct lab_room *room = lab_lane_front(lane);
	uint32_t count = lab_room_count(room);
	uint32_t done;

	if (!is_timely(lane, slot))
		return get_late(lab, frames, n, lane);
	if (lab_unlikely(number == LAB_NO_ROOM || count < n || !lab_lane_enter_seen(lane, slot)))
		return lab_get_slow(lab, frames, n, lane);
	done = lab_own_frames(lab, &room->ids[count - n], n, lab_put_in(number), lane->record,
	                      frames);
	if (lab_unlikely(done < n))
		return get_spoilt(lab, lane, slot, frames, n, done);
	lab_room_count_set(room, count - n);
	lab_lane_leave_slot(lane, slot);
	return 0;
}

int
lab_put_shared(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane)
{
	uint64_t slot = lab_lane_peek(lane);
	uint32_t number = (uint32_t)slot & LAB_ROOM_MASK;
	struct lab_room *room = lab_lane_front(lane);
	uint32_t count = lab_room_count(room);
	uint32_t done;

	if (!is_timely(lane, slot))
		return put_late(lab, frames, n, lane);
	if (lab_unlikely(number == LAB_NO_ROOM || (uint64_t)count + n > LABYRINTH_ROOM_FRAMES ||
	                 !lab_lane_enter_seen(lane, slot)))
		return lab_put_slow(lab, frames, n, lane);
	done = lab_free_while_good(lab, frames, n, put_of(lane, number), &room->ids[count]);
	lab_room_count_set(room, count + done);
	lab_lane_leave_slot(lane, slot);
	if (lab_unlikely(done < n))
		return lab_put_slow(lab, frames + done, n - done, lane);
	return 0;
}

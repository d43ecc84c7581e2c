/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Get and put: which way a call takes, and the quick ways of the data path, for what most
 * calls are; those of checked frames in shared lanes are in exchange_shared.c. Whatever
 * else there is, exchange_any.c does.
 */

#include "exchange_any.h"
#include "exchange_shared.h"
#include "lane.h"
#include "own.h"
#include "rest.h"
#include "sealed.h"
#include "thread.h"

/* After so many good frames the quick path met one that is not. */
static LAB_COLD int
get_spoilt(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane, uint32_t done)
{
	struct lab_visit visit;
	int ret;

	lab_visit_unpack(&visit, lane, lab_lane_peek(lane));
	ret = lab_get_spoilt(lab, &visit, frames, n, done);
	lab_lane_settle(lab, &visit);
	lab_lane_end(lane, lab_lane_calls(lane) - 1);
	return ret;
}

/*
 * The quick path: all frames are good, and from or for the front room of a lane
 * that the caller keeps. What it did before it met anything else is left to the
 * others to go on from.
 */
static inline bool
is_quick(const struct labyrinth *lab, uint32_t lane_id)
{
	return lab_likely(lane_id < lab->quick && lab_lane_is_kept(&lab->own[lane_id]));
}

static __attribute__((noinline)) int
get_quick(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane)
{
	uint32_t calls = lab_lane_calls(lane);
	struct lab_room *room;
	uint32_t count;
	uint32_t done;

	if (lab_unlikely((calls & 1) != 0))
		return lab_get_slow(lab, frames, n, lane);
	lab_lane_begin(lab, lane, calls);
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (lab_unlikely(count < n)) {
		lab_lane_end(lane, calls);
		return lab_get_slow(lab, frames, n, lane);
	}
	done = lab_own_frames(lab, &room->ids[count - n], n, (uint32_t)lane->put, lane->record,
	                      frames);
	if (lab_unlikely(done < n))
		return get_spoilt(lab, frames, n, lane, done);
	/* Read once more: that is cheaper than to save it over the loop. */
	room = lab_lane_front(lane);
	lab_room_count_set(room, lab_room_count(room) - n);
	lab_lane_end(lane, lab_lane_calls(lane) - 1);
	return 0;
}

static __attribute__((noinline)) int
put_quick(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane)
{
	uint32_t calls = lab_lane_calls(lane);
	struct lab_room *room;
	uint32_t count;
	uint32_t done;

	if (lab_unlikely((calls & 1) != 0))
		return lab_put_slow(lab, frames, n, lane);
	lab_lane_begin(lab, lane, calls);
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (lab_unlikely((uint64_t)count + n > lane->spill)) {
		lab_lane_end(lane, calls);
		return lab_put_slow(lab, frames, n, lane);
	}
	done = lab_free_while_good(lab, frames, n, lane->put, &room->ids[count]);
	/* Read once more: that is cheaper than to save them over the call. */
	room = lab_lane_front(lane);
	lab_room_count_set(room, lab_room_count(room) + done);
	lab_lane_end(lane, lab_lane_calls(lane) - 1);
	if (lab_unlikely(done < n))
		return lab_put_slow(lab, frames + done, n - done, lane);
	return 0;
}

/* May this call of the keeper take the shortest way: not inside of another, no clock due? */
static inline bool
is_short(uint32_t calls)
{
	return lab_likely((calls & 1) == 0 && (calls & LAB_CALLS_MASK) != 0);
}

/*
 * One frame by itself, as most programs free them. Whatever is out of the ordinary is
 * left to others with nothing done, so that this takes few registers.
 */
static __attribute__((noinline)) int
get_quick_one(struct labyrinth *lab, void **out, struct lab_lane *lane)
{
	uint32_t calls = lab_lane_calls(lane);
	struct lab_room *room;
	uint32_t count;
	void *frame;
	uint64_t id;

	if (!is_short(calls))
		return lab_get_slow(lab, out, 1, lane);
	lab_lane_busy(lane, calls);
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (lab_unlikely(count == 0))
		goto slow;
	id = room->ids[count - 1];
	if (lab_unlikely(!lab_deeds_say(&lab->deeds[id], (uint32_t)lane->put)))
		goto slow;
	frame = lab->table[id];
	lab_own(&lab->deeds[id], lane->record, frame);
	lab_room_count_set(room, count - 1);
	*out = frame;
	lab_lane_end(lane, lab_lane_calls(lane) - 1);
	return 0;
slow:
	lab_lane_end(lane, lab_lane_calls(lane) - 1);
	return lab_get_slow(lab, out, 1, lane);
}

static __attribute__((noinline)) int
put_quick_one(struct labyrinth *lab, void *const *frames, struct lab_lane *lane)
{
	uint32_t calls = lab_lane_calls(lane);
	const void *frame = frames[0];
	struct lab_room *room;
	uint32_t count;
	uint64_t id;

	if (!is_short(calls))
		return lab_put_slow(lab, frames, 1, lane);
	lab_lane_busy(lane, calls);
	if (lab_unlikely(!lab_plausible(lab, frame)))
		goto slow;
	id = lab_seal_id(frame, lab->key[0], lab->key[1]);
	if (lab_unlikely(id >= lab->ids || !lab_deeds_of_owned(&lab->deeds[id], frame)))
		goto slow;
	LAB_NO_EARLIER();
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (lab_unlikely(count >= lane->spill))
		goto slow;
	lab_deeds_put_set(&lab->deeds[id], lane->put);
	lab_room_place(room, count, (uint32_t)id);
	lab_room_count_set(room, count + 1);
	lab_lane_end(lane, calls);
	return 0;
slow:
	lab_lane_end(lane, calls);
	return lab_put_slow(lab, frames, 1, lane);
}

/*
 * Frames of a labyrinth that checks nothing, from or to the front room of a lane
 * that lcores share. The count, read before the lane is entered, is vouched for
 * by the slot's version.
 */
static inline __attribute__((always_inline)) int
get_plain(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane,
          void (*copy)(void **to, void *const *from, uint32_t n))
{
	uint64_t slot = lab_lane_peek(lane);
	struct lab_room *room = lab_lane_front(lane);
	uint32_t count = lab_room_count(room);

	if (lab_unlikely((slot & LAB_ROOM_MASK) == LAB_NO_ROOM || count < n ||
	                 !lab_lane_enter_seen(lane, slot)))
		return lab_get_slow(lab, frames, n, lane);
	copy(frames, &room->frames[count - n], n);
	lab_room_count_set(room, count - n);
	lab_lane_leave_slot(lane, slot);
	return 0;
}

static inline __attribute__((always_inline)) int
put_plain(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane,
          void (*copy)(void **to, void *const *from, uint32_t n))
{
	uint64_t slot = lab_lane_peek(lane);
	struct lab_room *room = lab_lane_front(lane);
	uint32_t count = lab_room_count(room);

	if (lab_unlikely((slot & LAB_ROOM_MASK) == LAB_NO_ROOM ||
	                 (uint64_t)count + n > LABYRINTH_ROOM_FRAMES ||
	                 !lab_lane_enter_seen(lane, slot)))
		return lab_put_slow(lab, frames, n, lane);
	copy(&room->frames[count], frames, n);
	lab_room_count_set(room, count + n);
	lab_lane_leave_slot(lane, slot);
	return 0;
}

/* Apart from the others, since theirs need to save no registers. */
static __attribute__((noinline)) int
get_many_plain(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane)
{
	return get_plain(lab, frames, n, lane, lab_copy_frames);
}

static __attribute__((noinline)) int
put_many_plain(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane)
{
	return put_plain(lab, frames, n, lane, lab_copy_frames);
}

static __attribute__((noinline)) int
get_some_plain(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane)
{
	if (n > LAB_FEW)
		return get_many_plain(lab, frames, n, lane);
	return get_plain(lab, frames, n, lane, lab_copy_few);
}

static __attribute__((noinline)) int
put_some_plain(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane)
{
	if (n > LAB_FEW)
		return put_many_plain(lab, frames, n, lane);
	return put_plain(lab, frames, n, lane, lab_copy_few);
}

/* By the shortest way that may serve: each ends by a jump to the next one, if it does not. */
static inline int
get(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	if (is_quick(lab, lane)) {
		if (n != 1)
			return get_quick(lab, frames, n, &lab->own[lane]);
		return get_quick_one(lab, frames, &lab->own[lane]);
	}
	if (lane < lab->plain) {
		if (n != 1)
			return get_some_plain(lab, frames, n, &lab->own[lane]);
		return get_plain(lab, frames, 1, &lab->own[lane], lab_copy_few);
	}
	if (lane < lab->shared) {
		if (n != 1)
			return lab_get_shared(lab, frames, n, &lab->own[lane]);
		return lab_get_shared_one(lab, frames, &lab->own[lane]);
	}
	return lab_get_any(lab, frames, n, lane, site);
}

static inline int
put(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n, const void *site)
{
	if (is_quick(lab, lane)) {
		if (n != 1)
			return put_quick(lab, frames, n, &lab->own[lane]);
		return put_quick_one(lab, frames, &lab->own[lane]);
	}
	if (lane < lab->plain) {
		if (n != 1)
			return put_some_plain(lab, frames, n, &lab->own[lane]);
		return put_plain(lab, frames, 1, &lab->own[lane], lab_copy_few);
	}
	if (lane < lab->shared) {
		if (n != 1)
			return lab_put_shared(lab, frames, n, &lab->own[lane]);
		return lab_put_shared_one(lab, frames, &lab->own[lane]);
	}
	return lab_put_any(lab, frames, n, lane, site);
}

int
labyrinth_get(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n)
{
	return get(lab, lane, frames, n, __builtin_return_address(0));
}

int
labyrinth_get_from(labyrinth_t *lab, void **frames, uint32_t n, uint32_t lane, const void *site)
{
	return get(lab, lane, frames, n, site);
}

int
labyrinth_put(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n)
{
	return put(lab, lane, frames, n, __builtin_return_address(0));
}

int
labyrinth_put_from(labyrinth_t *lab, void *const *frames, uint32_t n, uint32_t lane,
                   const void *site)
{
	return put(lab, lane, frames, n, site);
}

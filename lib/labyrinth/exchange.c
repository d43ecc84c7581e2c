/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Get and put: the quick ways of the data path, for what most calls are. Whatever
 * else there is, exchange_any.c does.
 */

#include "exchange_any.h"
#include "lane.h"
#include "rest.h"
#include "sealed.h"
#include "thread.h"

/* After so many good frames the quick path met one that is not. */
static LAB_COLD int
get_spoilt(struct labyrinth *lab, struct lab_lane *lane, void **frames, uint32_t n, uint32_t done)
{
	struct lab_visit visit;
	uint32_t got;
	int ret = 0;

	lab_visit_unpack(&visit, lane, lab_lane_peek(lane));
	got = lab_take_top(lab, lane, lane->room, visit.front, frames, n, done);
	if (got < n)
		ret = lab_get_rest(lab, &visit, frames, got, n);
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
get_quick(struct labyrinth *lab, uint32_t lane_id, void **frames, uint32_t n, const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];
	uint32_t calls = lab_lane_calls(lane);
	struct lab_room *room;
	uint32_t count;
	uint32_t done;

	if (lab_unlikely((calls & 1) != 0))
		return lab_get_any(lab, lane_id, frames, n, site);
	lab_lane_begin(lab, lane, calls);
	room = lane->room;
	count = lab_room_count(room);
	if (lab_unlikely(count < n)) {
		lab_lane_end(lane, calls);
		return lab_get_any(lab, lane_id, frames, n, site);
	}
	done = lab_own_while_good(lab, &room->ids[count - n], n, (uint32_t)lane->put, lane->record,
	                          frames);
	if (lab_unlikely(done < n))
		return get_spoilt(lab, lane, frames, n, done);
	lab_room_count_set(room, count - n);
	lab_lane_end(lane, calls);
	return 0;
}

static __attribute__((noinline)) int
put_quick(struct labyrinth *lab, uint32_t lane_id, void *const *frames, uint32_t n,
          const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];
	uint32_t calls = lab_lane_calls(lane);
	uint32_t done = 0;

	if (lab_likely((calls & 1) == 0)) {
		struct lab_room *room;
		uint32_t count;

		lab_lane_begin(lab, lane, calls);
		room = lane->room;
		count = lab_room_count(room);
		if (lab_likely((uint64_t)count + n <= lane->spill)) {
			done = lab_free_while_good(lab, frames, n, lane->put, &room->ids[count]);
			lab_room_count_set(room, count + done);
		}
		lab_lane_end(lane, calls);
	}
	if (lab_unlikely(done < n))
		return lab_put_any(lab, lane_id, frames + done, n - done, site);
	return 0;
}

/* May this call of the keeper take the shortest way: not inside of another, no clock due? */
static inline bool
is_short(uint32_t calls)
{
	return lab_likely((calls & 1) == 0 && (calls & LAB_CALLS_MASK) != 0);
}

/* What the two functions below leave to others, by a jump. */
static __attribute__((noinline)) int
get_slow(struct labyrinth *lab, struct lab_lane *lane, void **frames, const void *site)
{
	return lab_get_any(lab, (uint32_t)(lane - lab->own), frames, 1, site);
}

static __attribute__((noinline)) int
put_slow(struct labyrinth *lab, struct lab_lane *lane, void *const *frames, const void *site)
{
	return lab_put_any(lab, (uint32_t)(lane - lab->own), frames, 1, site);
}

/* Nothing below is moved up: the fewer registers are in use, the less is to be saved. */
#define LAB_NO_EARLIER() __asm__ volatile("" ::: "memory")

/*
 * One frame by itself, as most programs free them. Whatever is out of the ordinary is
 * left to others with nothing done, so that this takes few registers.
 */
static __attribute__((noinline)) int
get_quick_one(struct labyrinth *lab, struct lab_lane *lane, void **out, const void *site)
{
	uint32_t calls = lab_lane_calls(lane);
	struct lab_room *room;
	uint32_t count;
	uint64_t id;

	if (!is_short(calls))
		return get_slow(lab, lane, out, site);
	lab_lane_busy(lane, calls);
	room = lane->room;
	count = lab_room_count(room);
	if (lab_unlikely(count == 0))
		goto slow;
	id = room->ids[count - 1];
	if (lab_unlikely(!lab_deeds_in(&lab->deeds[id], (uint32_t)lane->put)))
		goto slow;
	lab_deeds_own(&lab->deeds[id], lane->record);
	lab_room_count_set(room, count - 1);
	LAB_NO_EARLIER();
	*out = lab->table[id];
	lab_lane_end(lane, calls);
	return 0;
slow:
	lab_lane_end(lane, calls);
	return get_slow(lab, lane, out, site);
}

static __attribute__((noinline)) int
put_quick_one(struct labyrinth *lab, struct lab_lane *lane, void *const *frames, const void *site)
{
	uint32_t calls = lab_lane_calls(lane);
	const void *frame = frames[0];
	struct lab_room *room;
	uint32_t count;
	uint64_t id;

	if (!is_short(calls))
		return put_slow(lab, lane, frames, site);
	lab_lane_busy(lane, calls);
	if (lab_unlikely(!lab_plausible(lab, frame)))
		goto slow;
	id = lab_seal_id(frame, lab->key[0], lab->key[1]);
	if (lab_unlikely(id >= lab->ids || lab->table[id] != frame ||
	                 !lab_deeds_owned(&lab->deeds[id])))
		goto slow;
	LAB_NO_EARLIER();
	room = lane->room;
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
	return put_slow(lab, lane, frames, site);
}

/*
 * Frames of a labyrinth that checks nothing, from or to the front room of a lane
 * that lcores share. The count, read before the lane is entered, is vouched for
 * by the slot's version. Returns false with nothing done when the ordinary way has
 * to be taken.
 */
static inline bool
get_plain(struct labyrinth *lab, struct lab_lane *lane, void **frames, uint32_t n)
{
	uint64_t slot = lab_lane_peek(lane);
	struct lab_room *room = lab_room(lab, (uint32_t)slot & LAB_ROOM_MASK);
	uint32_t count = lab_room_count(room);

	if (lab_unlikely(count < n || !lab_lane_enter_seen(lane, slot)))
		return false;
	lab_copy_frames(frames, &room->frames[count - n], n);
	lab_room_count_set(room, count - n);
	lab_lane_leave_slot(lane, slot);
	return true;
}

static inline bool
put_plain(struct labyrinth *lab, struct lab_lane *lane, void *const *frames, uint32_t n)
{
	uint64_t slot = lab_lane_peek(lane);
	uint32_t number = (uint32_t)slot & LAB_ROOM_MASK;
	struct lab_room *room = lab_room(lab, number);
	uint32_t count = lab_room_count(room);

	if (lab_unlikely(number == LAB_NO_ROOM || (uint64_t)count + n > LABYRINTH_ROOM_FRAMES ||
	                 !lab_lane_enter_seen(lane, slot)))
		return false;
	lab_copy_frames(&room->frames[count], frames, n);
	lab_room_count_set(room, count + n);
	lab_lane_leave_slot(lane, slot);
	return true;
}

/* What is not for the quick path may be of a labyrinth that does not check. */
static inline bool
is_plain(const struct labyrinth *lab, uint32_t lane)
{
	return lab_likely((lab->flags & LABYRINTH_F_SEAL) == 0) && lab->lane_frames == 0 &&
	       lab_likely(lane < lab->lanes_own);
}

static __attribute__((noinline)) int
get_some_plain(struct labyrinth *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	if (lab_likely(get_plain(lab, &lab->own[lane], frames, n)))
		return 0;
	return lab_get_any(lab, lane, frames, n, site);
}

static __attribute__((noinline)) int
put_some_plain(struct labyrinth *lab, uint32_t lane, void *const *frames, uint32_t n,
               const void *site)
{
	if (lab_likely(put_plain(lab, &lab->own[lane], frames, n)))
		return 0;
	return lab_put_any(lab, lane, frames, n, site);
}

static inline int
get(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	if (!is_quick(lab, lane)) {
		if (!is_plain(lab, lane))
			return lab_get_any(lab, lane, frames, n, site);
		if (n != 1)
			return get_some_plain(lab, lane, frames, n, site);
		if (lab_likely(get_plain(lab, &lab->own[lane], frames, 1)))
			return 0;
		return lab_get_any(lab, lane, frames, n, site);
	}
	if (n != 1)
		return get_quick(lab, lane, frames, n, site);
	return get_quick_one(lab, &lab->own[lane], frames, site);
}

static inline int
put(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n, const void *site)
{
	if (!is_quick(lab, lane)) {
		if (!is_plain(lab, lane))
			return lab_put_any(lab, lane, frames, n, site);
		if (n != 1)
			return put_some_plain(lab, lane, frames, n, site);
		if (lab_likely(put_plain(lab, &lab->own[lane], frames, 1)))
			return 0;
		return lab_put_any(lab, lane, frames, n, site);
	}
	if (n != 1)
		return put_quick(lab, lane, frames, n, site);
	return put_quick_one(lab, &lab->own[lane], frames, site);
}

int
labyrinth_get(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n)
{
	return get(lab, lane, frames, n, __builtin_return_address(0));
}

int
labyrinth_get_from(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	return get(lab, lane, frames, n, site);
}

int
labyrinth_put(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n)
{
	return put(lab, lane, frames, n, __builtin_return_address(0));
}

int
labyrinth_put_from(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n,
                   const void *site)
{
	return put(lab, lane, frames, n, site);
}

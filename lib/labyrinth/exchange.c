/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Get and put: the data path. One visit to a lane each; what the front room
 * cannot serve is left to functions out of line.
 *
 * A lane is visited in one of three ways. Who keeps it is in it already. Who
 * shares it enters by a compare-and-swap and leaves by a store. Who finds it
 * occupied goes elsewhere.
 */

#include <errno.h>

#include "fail.h"
#include "lane.h"
#include "rest.h"
#include "sealed.h"
#include "thread.h"

static inline bool
one_sealed(const struct labyrinth *lab, uint32_t n)
{
	return n == 1 && (lab->flags & (LABYRINTH_F_SEAL | LAB_F_STRICT)) == LABYRINTH_F_SEAL;
}

/* A lane has been entered. */
static __attribute__((noinline)) int
get_burst(labyrinth_t *lab, struct lab_visit *visit, void **frames, uint32_t n, const void *site)
{
	uint32_t got = 0;

	visit->lane->site = site;
	if (lab_likely(lab_room_count(lab_room(lab, visit->front)) >= n))
		got = lab_take(lab, visit, frames, n);
	if (lab_likely(got == n))
		return 0;
	return lab_get_rest(lab, visit, frames, got, n);
}

static __attribute__((noinline)) void
put_burst(labyrinth_t *lab, struct lab_visit *visit, void *const *frames, uint32_t n,
          const void *site)
{
	uint32_t done = 0;

	visit->lane->site = site;
	if (lab_likely(visit->front != LAB_NO_ROOM))
		done = lab_leave(lab, visit, frames, n);
	if (lab_unlikely(done < n))
		lab_put_rest(lab, visit, frames + done, n - done);
}

/* The caller's lane may be its own after all, but not one entered straight away. */
static void
enter_elsewhere(struct labyrinth *lab, uint32_t lane, struct lab_visit *visit,
                struct lab_lane *local)
{
	if (lane >= lab->owns || !lab_lane_enter(&lab->own[lane], visit))
		lab_lane_enter_any(lab, visit, local);
}

static LAB_COLD int
get_elsewhere(struct labyrinth *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	struct lab_lane local;
	struct lab_visit visit;
	int ret;

	if (lab_fail_due(lab, lane))
		return -ENOENT;
	enter_elsewhere(lab, lane, &visit, &local);
	ret = get_burst(lab, &visit, frames, n, site);
	lab_lane_leave_any(lab, &visit, &local);
	return ret;
}

static LAB_COLD void
put_elsewhere(struct labyrinth *lab, uint32_t lane, void *const *frames, uint32_t n,
              const void *site)
{
	struct lab_lane local;
	struct lab_visit visit;

	enter_elsewhere(lab, lane, &visit, &local);
	put_burst(lab, &visit, frames, n, site);
	lab_lane_leave_any(lab, &visit, &local);
}

/*
 * One frame of a sealed labyrinth. All that can be read is read before the
 * lane is entered: it takes no longer then, since entering waits for earlier
 * stores anyway, and the slot's version vouches for it. Returns false with
 * nothing done when the ordinary way has to be taken.
 */
static inline bool
get_one(struct labyrinth *lab, struct lab_lane *lane, uint64_t slot, void **out)
{
	uint32_t number = (uint32_t)slot & LAB_ROOM_MASK;
	struct lab_room *room = lab_room(lab, number);
	uint32_t count = lab_room_count(room);
	struct lab_deeds *deeds;
	uint32_t id;

	if (lab_unlikely(count == 0))
		return false;
	id = lab_room_peek(room, count - 1);
	if (lab_unlikely(id >= lab->frames))
		return false;
	deeds = &lab->deeds[id];
	if (lab_unlikely(!lab_deeds_in(deeds, number) || !lab_lane_enter_seen(lane, slot)))
		return false;
	lab_deeds_own(deeds, lab_lane_count(lane));
	lab_room_count_set(room, count - 1);
	lab_lane_leave_slot(lane, slot);
	*out = lab->table[id];
	return true;
}

static inline bool
put_one(struct labyrinth *lab, struct lab_lane *lane, uint64_t slot, void *frame)
{
	const struct lab_gate gate = lab_gate(lab);
	uint32_t number = (uint32_t)slot & LAB_ROOM_MASK;
	struct lab_room *room = lab_room(lab, number);
	uint32_t count = lab_room_count(room);
	uint32_t id;

	if (lab_unlikely(number == LAB_NO_ROOM || count == LABYRINTH_ROOM_FRAMES ||
	                 !lab_gate_pass(&gate, frame, &id) || !lab_lane_enter_seen(lane, slot)))
		return false;
	lab_deeds_put_set(&lab->deeds[id], lab_put_record(lab, lab_lane_count(lane), number));
	lab_room_place(room, count, id);
	lab_room_count_set(room, count + 1);
	lab_lane_leave_slot(lane, slot);
	return true;
}

static inline bool
is_plain(const struct labyrinth *lab)
{
	return lab_likely((lab->flags & LABYRINTH_F_SEAL) == 0);
}

/*
 * As the two above when nothing is checked. The count, read before the lane is
 * entered, is vouched for by the slot's version.
 */
static inline bool
get_one_plain(struct labyrinth *lab, struct lab_lane *lane, uint64_t slot, void **out)
{
	struct lab_room *room = lab_room(lab, (uint32_t)slot & LAB_ROOM_MASK);
	uint32_t count = lab_room_count(room);

	if (lab_unlikely(count == 0 || !lab_lane_enter_seen(lane, slot)))
		return false;
	*out = room->frames[count - 1];
	lab_room_count_set(room, count - 1);
	lab_lane_leave_slot(lane, slot);
	return true;
}

static inline bool
put_one_plain(struct labyrinth *lab, struct lab_lane *lane, uint64_t slot, void *frame)
{
	uint32_t number = (uint32_t)slot & LAB_ROOM_MASK;
	struct lab_room *room = lab_room(lab, number);
	uint32_t count = lab_room_count(room);

	if (lab_unlikely(number == LAB_NO_ROOM || count >= LABYRINTH_ROOM_FRAMES ||
	                 !lab_lane_enter_seen(lane, slot)))
		return false;
	room->frames[count] = frame;
	lab_room_count_set(room, count + 1);
	lab_lane_leave_slot(lane, slot);
	return true;
}

static inline int
get_shared(struct labyrinth *lab, uint32_t lane_id, void **frames, uint32_t n, const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];
	uint64_t slot = lab_lane_peek(lane);
	struct lab_visit visit;
	int ret;

	if (one_sealed(lab, n) && lab_likely(get_one(lab, lane, slot, frames)))
		return 0;
	if (lab_unlikely(!lab_lane_enter_seen(lane, slot)))
		return get_elsewhere(lab, lane_id, frames, n, site);
	lab_visit_unpack(&visit, lane, slot);
	ret = get_burst(lab, &visit, frames, n, site);
	lab_lane_leave(&visit);
	return ret;
}

static inline void
put_shared(struct labyrinth *lab, uint32_t lane_id, void *const *frames, uint32_t n,
           const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];
	uint64_t slot = lab_lane_peek(lane);
	struct lab_visit visit;

	if (one_sealed(lab, n) && lab_likely(put_one(lab, lane, slot, frames[0])))
		return;
	if (lab_unlikely(!lab_lane_enter_seen(lane, slot))) {
		put_elsewhere(lab, lane_id, frames, n, site);
		return;
	}
	lab_visit_unpack(&visit, lane, slot);
	put_burst(lab, &visit, frames, n, site);
	lab_lane_leave(&visit);
}

/* Out of the way of the quick path, whose registers it would spill. */
static __attribute__((noinline)) int
get_kept(struct labyrinth *lab, struct lab_lane *lane, void **frames, uint32_t n, const void *site)
{
	uint32_t calls = lab_lane_calls(lane);
	struct lab_visit visit;
	int ret;

	lab_lane_begin(lab, lane, calls);
	lab_visit_unpack(&visit, lane, lab_lane_peek(lane));
	ret = get_burst(lab, &visit, frames, n, site);
	lab_lane_settle(lab, &visit);
	lab_lane_end(lane, calls);
	return ret;
}

static __attribute__((noinline)) void
put_kept(struct labyrinth *lab, struct lab_lane *lane, void *const *frames, uint32_t n,
         const void *site)
{
	uint32_t calls = lab_lane_calls(lane);
	struct lab_visit visit;

	lab_lane_begin(lab, lane, calls);
	lab_visit_unpack(&visit, lane, lab_lane_peek(lane));
	put_burst(lab, &visit, frames, n, site);
	lab_lane_settle(lab, &visit);
	lab_lane_end(lane, calls);
}

/* Whatever the quick path does not serve. */
static __attribute__((noinline)) int
get_any(struct labyrinth *lab, uint32_t lane_id, void **frames, uint32_t n, const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];

	if (lab_unlikely(lane_id >= lab->lanes_own))
		return get_elsewhere(lab, lane_id, frames, n, site);
	if (lab->lane_frames != 0 && lab_lane_may_stay(lab, lane))
		return get_kept(lab, lane, frames, n, site);
	return get_shared(lab, lane_id, frames, n, site);
}

static __attribute__((noinline)) int
put_any(struct labyrinth *lab, uint32_t lane_id, void *const *frames, uint32_t n, const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];

	if (lab_unlikely(lane_id >= lab->lanes_own))
		put_elsewhere(lab, lane_id, frames, n, site);
	else if (lab->lane_frames != 0 && lab_lane_may_stay(lab, lane))
		put_kept(lab, lane, frames, n, site);
	else
		put_shared(lab, lane_id, frames, n, site);
	return 0;
}

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
		return get_any(lab, lane_id, frames, n, site);
	lab_lane_begin(lab, lane, calls);
	room = lane->room;
	count = lab_room_count(room);
	if (lab_unlikely(count < n)) {
		lab_lane_end(lane, calls);
		return get_any(lab, lane_id, frames, n, site);
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
		return put_any(lab, lane_id, frames + done, n - done, site);
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
	return get_any(lab, (uint32_t)(lane - lab->own), frames, 1, site);
}

static __attribute__((noinline)) int
put_slow(struct labyrinth *lab, struct lab_lane *lane, void *const *frames, const void *site)
{
	return put_any(lab, (uint32_t)(lane - lab->own), frames, 1, site);
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

/* What is not for the quick path may be one frame of a labyrinth that does not check. */
static inline bool
is_one_plain(const struct labyrinth *lab, uint32_t lane, uint32_t n)
{
	return n == 1 && is_plain(lab) && lab->lane_frames == 0 &&
	       lab_likely(lane < lab->lanes_own);
}

static inline int
get(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	if (!is_quick(lab, lane)) {
		if (is_one_plain(lab, lane, n) &&
		    lab_likely(get_one_plain(lab, &lab->own[lane], lab_lane_peek(&lab->own[lane]),
		                             frames)))
			return 0;
		return get_any(lab, lane, frames, n, site);
	}
	if (n != 1)
		return get_quick(lab, lane, frames, n, site);
	return get_quick_one(lab, &lab->own[lane], frames, site);
}

static inline int
put(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n, const void *site)
{
	if (!is_quick(lab, lane)) {
		if (is_one_plain(lab, lane, n) &&
		    lab_likely(put_one_plain(lab, &lab->own[lane], lab_lane_peek(&lab->own[lane]),
		                             frames[0])))
			return 0;
		return put_any(lab, lane, frames, n, site);
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

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The data path: get and put, once for each form that processors may want. Who includes
 * this says LAB_FORM(name) for the names of its functions, and lab_own_some() and
 * lab_free_some(), the loops between a room and the caller's array.
 *
 * A call works from the front room of one lane. What that cannot serve, and whatever else
 * is out of the ordinary, is left to exchange_any.c: with nothing done, or with the
 * first frames done and the lane left.
 *
 * way and one are constants where these functions are used: each use is a function
 * of its own.
 */

#include "desk.h"
#include "exchange_any.h"
#include "lane.h"
#include "path.h"
#include "room.h"

#define LAB_INLINE   static inline __attribute__((always_inline))
#define LAB_NOINLINE static __attribute__((noinline))

/* --- who is in the lane -------------------------------------------------------- */

/* A lane as this call found it: `left` of one that is kept, the slot of one that is not. */
union lab_token {
	int32_t left;
	uint64_t slot;
};

/* Does what a lane has noted of who and when hold for a call that finds its slot so? */
LAB_INLINE bool
lab_timely(const struct lab_lane *lane, uint64_t slot)
{
	const uint64_t every = (LAB_STAMP_EVERY - 1) * LAB_SLOT_VERSION_ONE;

	return lab_likely((slot & every) != 0 && lab_lane_is_ours(lane));
}

/*
 * A kept lane is begun before its room is looked at: a signal handler that comes in
 * between must not find it free. One that is entered is looked at before, since that takes
 * no longer and the version of its slot tells whether it still holds.
 */
LAB_INLINE bool
lab_look(struct lab_lane *lane, enum lab_way way, union lab_token *token)
{
	if (way == LAB_WAY_KEPT) {
		token->left = lab_lane_left(lane);
		if (lab_unlikely(token->left <= 0))
			return false;
		lab_lane_begin(lane);
		return true;
	}
	token->slot = lab_lane_peek(lane);
	return (token->slot & LAB_ROOM_MASK) != LAB_NO_ROOM &&
	       (way == LAB_WAY_PLAIN || lab_timely(lane, token->slot));
}

LAB_INLINE bool
lab_enter(struct lab_lane *lane, enum lab_way way, const union lab_token *token)
{
	return way == LAB_WAY_KEPT || lab_lane_enter_seen(lane, token->slot);
}

LAB_INLINE void
lab_leave_lane(struct lab_lane *lane, enum lab_way way, const union lab_token *token)
{
	if (way == LAB_WAY_KEPT)
		lab_lane_end(lane, token->left - 1);
	else
		lab_lane_leave_slot(lane, token->slot);
}

/* Nothing was done. */
LAB_INLINE void
lab_turn_back(struct lab_lane *lane, enum lab_way way, const union lab_token *token)
{
	if (way == LAB_WAY_KEPT)
		lab_lane_end(lane, token->left);
}

/* What a word must say of a frame in the front room, or gets by a put into it. */
LAB_INLINE uint64_t
lab_front_in(const struct lab_lane *lane, enum lab_way way, const union lab_token *token)
{
	return way == LAB_WAY_KEPT ? lane->put : LAB_WORD_IN(token->slot & LAB_ROOM_MASK);
}

LAB_INLINE uint64_t
lab_front_put(const struct lab_lane *lane, enum lab_way way, const union lab_token *token)
{
	/* Of a lane that is not kept, it was made for no room. */
	return way == LAB_WAY_KEPT ? lane->put : lane->put | lab_front_in(lane, way, token);
}

/* --- get and put ---------------------------------------------------------------- */

LAB_INLINE uint32_t
lab_take_front(const struct labyrinth *lab, void *const *top, uint32_t n, uint64_t in, uint64_t own,
               void **frames, enum lab_way way, bool one)
{
	if (way == LAB_WAY_PLAIN) {
		lab_copy_frames(frames, top - n, n);
		return n;
	}
	return one ? lab_own_each(lab, top, 1, in, own, frames)
	           : lab_own_some(lab, top, n, in, own, frames);
}

LAB_INLINE uint32_t
lab_leave_front(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put,
                void **to, enum lab_way way, bool one)
{
	if (way == LAB_WAY_PLAIN) {
		lab_copy_frames(to, frames, n);
		return n;
	}
	return one ? lab_free_each(lab, frames, 1, put, to)
	           : lab_free_some(lab, frames, n, put, to);
}

LAB_INLINE int
lab_get_fast(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane,
             const void *site, enum lab_way way, bool one)
{
	union lab_token token;
	struct lab_room *room;
	uint32_t count;
	uint32_t done;

	if (!lab_look(lane, way, &token))
		return lab_get_rest(lab, frames, n, 0, lane, site);
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (lab_unlikely(count < n) || !lab_enter(lane, way, &token)) {
		lab_turn_back(lane, way, &token);
		return lab_get_rest(lab, frames, n, 0, lane, site);
	}
	done = lab_take_front(lab, &room->frames[count], n, lab_front_in(lane, way, &token),
	                      lane->own, frames, way, one);
	lab_room_count_set(room, count - done);
	lab_leave_lane(lane, way, &token);
	if (lab_unlikely(done < n))
		return lab_get_rest(lab, frames, n, done, lane, site);
	return 0;
}

LAB_INLINE int
lab_put_fast(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane,
             const void *site, enum lab_way way, bool one)
{
	union lab_token token;
	struct lab_room *room;
	uint32_t count;
	uint32_t done;

	if (!lab_look(lane, way, &token))
		return lab_put_rest(lab, frames, n, lane, site);
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (lab_unlikely((uint64_t)count + n >
	                 (way == LAB_WAY_KEPT ? lane->spill : LABYRINTH_ROOM_FRAMES)) ||
	    !lab_enter(lane, way, &token)) {
		lab_turn_back(lane, way, &token);
		return lab_put_rest(lab, frames, n, lane, site);
	}
	done = lab_leave_front(lab, frames, n, lab_front_put(lane, way, &token),
	                       &room->frames[count], way, one);
	lab_room_count_set(room, count + done);
	lab_leave_lane(lane, way, &token);
	if (lab_unlikely(done < n))
		return lab_put_rest(lab, frames + done, n - done, lane, site);
	return 0;
}

/* --- a function for each way ------------------------------------------------------ */

LAB_NOINLINE int
lab_get_kept(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane,
             const void *site)
{
	return lab_get_fast(lab, frames, n, lane, site, LAB_WAY_KEPT, false);
}

LAB_NOINLINE int
lab_put_kept(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane,
             const void *site)
{
	return lab_put_fast(lab, frames, n, lane, site, LAB_WAY_KEPT, false);
}

LAB_NOINLINE int
lab_get_entered(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane,
                const void *site)
{
	if (lab->way == LAB_WAY_PLAIN)
		return lab_get_fast(lab, frames, n, lane, site, LAB_WAY_PLAIN, false);
	if (lab->way != LAB_WAY_SHARED)
		return lab_get_rest(lab, frames, n, 0, lane, site);
	if (n == 1)
		return lab_get_fast(lab, frames, 1, lane, site, LAB_WAY_SHARED, true);
	return lab_get_fast(lab, frames, n, lane, site, LAB_WAY_SHARED, false);
}

LAB_NOINLINE int
lab_put_entered(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane,
                const void *site)
{
	if (lab->way == LAB_WAY_PLAIN)
		return lab_put_fast(lab, frames, n, lane, site, LAB_WAY_PLAIN, false);
	if (lab->way != LAB_WAY_SHARED)
		return lab_put_rest(lab, frames, n, lane, site);
	if (n == 1)
		return lab_put_fast(lab, frames, 1, lane, site, LAB_WAY_SHARED, true);
	return lab_put_fast(lab, frames, n, lane, site, LAB_WAY_SHARED, false);
}

/* The thread knows its lane; one of another labyrinth never has calls left. */
static int
LAB_FORM(get)(struct labyrinth *lab, void **frames, uint32_t n, const void *site)
{
	const struct lab_desk *desk = lab_desk(lab);

	if (lab_unlikely(desk->serial != lab->serial))
		return lab_get_unknown(lab, frames, n, site);
	if (lab_unlikely(lab->way != LAB_WAY_KEPT))
		return lab_get_entered(lab, frames, n, desk->lane, site);
	if (n != 1)
		return lab_get_kept(lab, frames, n, desk->lane, site);
	return lab_get_fast(lab, frames, 1, desk->lane, site, LAB_WAY_KEPT, true);
}

static int
LAB_FORM(put)(struct labyrinth *lab, void *const *frames, uint32_t n, const void *site)
{
	const struct lab_desk *desk = lab_desk(lab);

	if (lab_unlikely(desk->serial != lab->serial))
		return lab_put_unknown(lab, frames, n, site);
	if (lab_unlikely(lab->way != LAB_WAY_KEPT))
		return lab_put_entered(lab, frames, n, desk->lane, site);
	if (n != 1)
		return lab_put_kept(lab, frames, n, desk->lane, site);
	return lab_put_fast(lab, frames, 1, desk->lane, site, LAB_WAY_KEPT, true);
}

/* The caller says which lane is its own. */
static int
LAB_FORM(get_from)(struct labyrinth *lab, void **frames, uint32_t n, uint32_t lane_id,
                   const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];

	if (lab_unlikely(lane_id >= lab->lanes_own))
		return lab_get_any(lab, frames, n, lane_id, site);
	if (lab->way != LAB_WAY_KEPT)
		return lab_get_entered(lab, frames, n, lane, site);
	if (!lab_lane_is_kept(lane))
		return lab_get_any(lab, frames, n, lane_id, site);
	if (n != 1)
		return lab_get_kept(lab, frames, n, lane, site);
	return lab_get_fast(lab, frames, 1, lane, site, LAB_WAY_KEPT, true);
}

static int
LAB_FORM(put_from)(struct labyrinth *lab, void *const *frames, uint32_t n, uint32_t lane_id,
                   const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];

	if (lab_unlikely(lane_id >= lab->lanes_own))
		return lab_put_any(lab, frames, n, lane_id, site);
	if (lab->way != LAB_WAY_KEPT)
		return lab_put_entered(lab, frames, n, lane, site);
	if (!lab_lane_is_kept(lane))
		return lab_put_any(lab, frames, n, lane_id, site);
	if (n != 1)
		return lab_put_kept(lab, frames, n, lane, site);
	return lab_put_fast(lab, frames, 1, lane, site, LAB_WAY_KEPT, true);
}

#define LAB_PATH_OF(text)                    \
	{                                    \
		.name = (text),              \
		.get = LAB_FORM(get),        \
		.put = LAB_FORM(put),        \
		.get_from = LAB_FORM(get_from), \
		.put_from = LAB_FORM(put_from), \
		.own = lab_own_some,         \
		.free = lab_free_some,       \
	}

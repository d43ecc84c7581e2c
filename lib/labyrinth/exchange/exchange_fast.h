/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The data path: get and put, once for each form that processors may want. Who includes
 * this says LAB_FORM(name) for the names of its functions.
 *
 * A call works from the front room of one lane. What that cannot serve, and whatever else
 * is out of the ordinary, is left to exchange_slow.c: with nothing done, or with the
 * first frames done and the lane left.
 *
 * way is a constant where these functions are used: each use is a function of its own.
 */

#include "lane_cache.h"
#include "lane_fast.h"
#include "exchange_slow.h"
#include "loops_each.h"
#include "path.h"
#include "room.h"

/* --- get and put: many --------------------------------------------------------- */

LAB_INLINE uint32_t
lab_take_front(const struct labyrinth *lab, void *const *top, uint32_t n, uint64_t in, uint32_t own,
               void **frames, enum lab_way way)
{
	if (way != LAB_WAY_PLAIN)
		return lab_own_each(lab, top, n, in, own, frames);
	lab_copy_frames(frames, top - n, n);
	return n;
}

LAB_INLINE uint32_t
lab_leave_front(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put,
                void **to, enum lab_way way)
{
	if (way != LAB_WAY_PLAIN)
		return lab_free_each(lab, frames, n, put, to);
	lab_copy_frames(to, frames, n);
	return n;
}

LAB_INLINE int
lab_get_fast(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane,
             union lab_token token, enum lab_way way)
{
	struct lab_room *room;
	uint32_t count;
	uint32_t done;

	if (!lab_look(lane, way, &token))
		return lab_get_slow(lab, frames, n, 0, lane, NULL);
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	/* No frames at all are none of the loops' business. */
	if (lab_unlikely(n - 1 >= count) || !lab_enter(lane, way, &token)) {
		lab_turn_back(lane, way, &token);
		return lab_get_slow(lab, frames, n, 0, lane, NULL);
	}
	done = lab_take_front(lab, &room->frames[count], n, lab_front_in(lane, way, &token),
	                      lane->own, frames, way);
	lab_room_count_set(room, count - done);
	lab_leave_lane(lane, way, &token);
	if (lab_unlikely(done < n))
		return lab_get_slow(lab, frames, n, done, lane, NULL);
	return 0;
}

LAB_INLINE int
lab_put_fast(struct labyrinth *lab, void *const *frames, uint32_t n, const void *site,
             struct lab_lane *lane, union lab_token token, enum lab_way way)
{
	struct lab_room *room;
	uint32_t count;
	uint32_t done;

	if (!lab_look(lane, way, &token))
		return lab_put_slow(lab, frames, n, lane, site);
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (lab_unlikely((uint64_t)count + n >
	                 (way == LAB_WAY_KEPT ? lane->spill : LABYRINTH_ROOM_FRAMES)) ||
	    !lab_enter(lane, way, &token)) {
		lab_turn_back(lane, way, &token);
		return lab_put_slow(lab, frames, n, lane, NULL);
	}
	done = lab_leave_front(lab, frames, n, lab_front_put(lane, way, &token),
	                       &room->frames[count], way);
	lab_room_count_set(room, count + done);
	lab_leave_lane(lane, way, &token);
	if (lab_unlikely(done < n))
		return lab_put_slow(lab, frames + done, n - done, lane, NULL);
	return 0;
}

/* --- get and put: one ------------------------------------------------------------ */

/*
 * One frame by itself, as most programs free them. Whatever is out of the ordinary is
 * left with nothing done, so that this takes few registers. In a lane that is entered, all
 * is looked at before: entering waits for what comes after.
 */
LAB_INLINE int
lab_get_one(struct labyrinth *lab, void **out, struct lab_lane *lane, union lab_token token,
            enum lab_way way)
{
	struct lab_room *room;
	struct lab_word *word;
	size_t count;
	void *frame;

	if (!lab_look(lane, way, &token))
		return lab_get_slow(lab, out, 1, 0, lane, NULL);
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (lab_unlikely(count == 0))
		goto slow;
	frame = lab_room_peek(room, count - 1);
	word = lab_word_at(&lab->find, frame);
	if (lab_unlikely(!lab_word_says_in(lab_word_read(word), lab_front_in(lane, way, &token))) ||
	    !lab_enter(lane, way, &token))
		goto slow;
	LAB_NO_EARLIER();
	lab_word_own(word, frame, lane->own);
	*out = frame;
	lab_room_count_set(room, (uint32_t)count - 1);
	lab_leave_lane(lane, way, &token);
	return 0;
slow:
	lab_turn_back(lane, way, &token);
	return lab_get_slow(lab, out, 1, 0, lane, NULL);
}

/* Of frames that are put one by one, the header of one in so many is looked at: a power of two. */
#define LAB_HEADER_EVERY 8

/* Is it the turn of this put? */
LAB_INLINE bool
lab_header_due(enum lab_way way, const union lab_token *token)
{
	/* Not by the lowest bit: puts and gets may take turns. */
	const uint32_t mask = 2 * (LAB_HEADER_EVERY - 1);

	if (way == LAB_WAY_KEPT)
		return ((uint32_t)token->left & mask) == 0;
	return (token->slot & mask * LAB_SLOT_VERSION_ONE) == 0;
}

LAB_INLINE int
lab_put_one(struct labyrinth *lab, void *const *frames, const void *site, struct lab_lane *lane,
            union lab_token token, enum lab_way way)
{
	struct lab_room *room;
	struct lab_word *word;
	size_t count;
	void *frame;

	/* First: another put of this frame into this lane must not go unnoticed. */
	if (!lab_look(lane, way, &token))
		return lab_put_slow(lab, frames, 1, lane, site);
	frame = frames[0];
	if (lab_unlikely(!lab_find_owned(&lab->find, frame, &word)))
		goto slow;
	if (lab_unlikely(lab_header_due(way, &token) && !lab_seal_holds(lab, frame)))
		goto slow;
	LAB_NO_EARLIER();
	room = lab_lane_front(lane);
	count = lab_room_count(room);
	if (lab_unlikely(count >= (way == LAB_WAY_KEPT ? lane->spill : LABYRINTH_ROOM_FRAMES)) ||
	    !lab_enter(lane, way, &token))
		goto slow;
	lab_word_write(word, lab_front_put(lane, way, &token));
	lab_room_note(&room->frames[count], frame);
	lab_room_count_set(room, (uint32_t)count + 1);
	lab_leave_lane(lane, way, &token);
	return 0;
slow:
	lab_turn_back(lane, way, &token);
	return lab_put_slow(lab, frames, 1, lane, NULL);
}

/* --- a function for each way ------------------------------------------------------ */

LAB_NOINLINE int
lab_get_kept(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane, int32_t left)
{
	return lab_get_fast(lab, frames, n, lane, (union lab_token){.left = left}, LAB_WAY_KEPT);
}

LAB_NOINLINE int
lab_put_kept(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane,
             int32_t left)
{
	return lab_put_fast(lab, frames, n, NULL, lane, (union lab_token){.left = left},
	                    LAB_WAY_KEPT);
}

LAB_NOINLINE int
lab_get_plain(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane)
{
	return lab_get_fast(lab, frames, n, lane, (union lab_token){0}, LAB_WAY_PLAIN);
}

LAB_NOINLINE int
lab_put_plain(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane)
{
	return lab_put_fast(lab, frames, n, NULL, lane, (union lab_token){0}, LAB_WAY_PLAIN);
}

LAB_NOINLINE int
lab_get_shared(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane)
{
	return lab_get_fast(lab, frames, n, lane, (union lab_token){0}, LAB_WAY_SHARED);
}

LAB_NOINLINE int
lab_put_shared(struct labyrinth *lab, void *const *frames, uint32_t n, const void *site,
               struct lab_lane *lane)
{
	return lab_put_fast(lab, frames, n, site, lane, (union lab_token){0}, LAB_WAY_SHARED);
}

LAB_NOINLINE int
lab_get_shared_one(struct labyrinth *lab, void **frames, struct lab_lane *lane)
{
	return lab_get_one(lab, frames, lane, (union lab_token){0}, LAB_WAY_SHARED);
}

LAB_NOINLINE int
lab_put_shared_one(struct labyrinth *lab, void *const *frames, const void *site,
                   struct lab_lane *lane)
{
	return lab_put_one(lab, frames, site, lane, (union lab_token){0}, LAB_WAY_SHARED);
}

/*
 * No call of a lane that is not kept is left, so that all these come here. Each way is a function
 * of its own: this one saves no registers.
 */
LAB_NOINLINE int
lab_get_other(struct labyrinth *lab, void **frames, uint32_t n, const void *site,
              struct lab_lane *lane)
{
	if (lab->way == LAB_WAY_PLAIN)
		return lab_get_plain(lab, frames, n, lane);
	if (lab->way != LAB_WAY_SHARED)
		return lab_get_slow(lab, frames, n, 0, lane, site);
	return n == 1 ? lab_get_shared_one(lab, frames, lane)
	              : lab_get_shared(lab, frames, n, lane);
}

LAB_NOINLINE int
lab_put_other(struct labyrinth *lab, void *const *frames, uint32_t n, const void *site,
              struct lab_lane *lane)
{
	if (lab->way == LAB_WAY_PLAIN)
		return lab_put_plain(lab, frames, n, lane);
	if (lab->way != LAB_WAY_SHARED)
		return lab_put_slow(lab, frames, n, lane, site);
	return n == 1 ? lab_put_shared_one(lab, frames, site, lane)
	              : lab_put_shared(lab, frames, n, site, lane);
}

LAB_INLINE int
lab_get_from_lane(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane,
                  const void *site)
{
	int32_t left = lab_lane_left(lane);

	if (lab_unlikely(left <= 0))
		return lab_get_other(lab, frames, n, site, lane);
	if (n != 1)
		return lab_get_kept(lab, frames, n, lane, left);
	return lab_get_one(lab, frames, lane, (union lab_token){.left = left}, LAB_WAY_KEPT);
}

LAB_INLINE int
lab_put_from_lane(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane,
                  const void *site)
{
	int32_t left = lab_lane_left(lane);

	if (lab_unlikely(left <= 0))
		return lab_put_other(lab, frames, n, site, lane);
	if (n != 1)
		return lab_put_kept(lab, frames, n, lane, left);
	return lab_put_one(lab, frames, NULL, lane, (union lab_token){.left = left}, LAB_WAY_KEPT);
}

/* The caller says which lane is its own: that of another thread is not to be used. */
static int
LAB_FORM(get_from)(struct labyrinth *lab, void **frames, uint32_t n, uint32_t lane_id,
                   const void *site)
{
	if (lab_unlikely(!lab_lane_is_own(lab, lane_id)))
		return lab_get_slow_from(lab, frames, n, lane_id, site);
	return lab_get_from_lane(lab, frames, n, &lab->own[lane_id], site);
}

static int
LAB_FORM(put_from)(struct labyrinth *lab, void *const *frames, uint32_t n, uint32_t lane_id,
                   const void *site)
{
	if (lab_unlikely(!lab_lane_is_own(lab, lane_id)))
		return lab_put_slow_from(lab, frames, n, lane_id, site);
	return lab_put_from_lane(lab, frames, n, &lab->own[lane_id], site);
}

/* The thread has not said yet which lane is its own. */
static LAB_COLD int
LAB_FORM(get_unknown)(struct labyrinth *lab, void **frames, uint32_t n, const void *site)
{
	uint32_t lane_id = lab_lane_of_thread();
	int ret = LAB_FORM(get_from)(lab, frames, n, lane_id, site);

	lab_lane_remember(lab, lane_id);
	return ret;
}

static LAB_COLD int
LAB_FORM(put_unknown)(struct labyrinth *lab, void *const *frames, uint32_t n, const void *site)
{
	uint32_t lane_id = lab_lane_of_thread();
	int ret = LAB_FORM(put_from)(lab, frames, n, lane_id, site);

	lab_lane_remember(lab, lane_id);
	return ret;
}

/* The thread knows its lane. */
static int
LAB_FORM(get)(struct labyrinth *lab, void **frames, uint32_t n, const void *site)
{
	uint64_t lane_id = lab_lane_cache_lane(lab);

	if (lab_unlikely(lane_id >= lab->lanes_own))
		return LAB_FORM(get_unknown)(lab, frames, n, site);
	return lab_get_from_lane(lab, frames, n, &lab->own[lane_id], site);
}

static int
LAB_FORM(put)(struct labyrinth *lab, void *const *frames, uint32_t n, const void *site)
{
	uint64_t lane_id = lab_lane_cache_lane(lab);

	if (lab_unlikely(lane_id >= lab->lanes_own))
		return LAB_FORM(put_unknown)(lab, frames, n, site);
	return lab_put_from_lane(lab, frames, n, &lab->own[lane_id], site);
}

#define LAB_PATH_OF(text, its_loops)                                            \
	{                                                                       \
		.name = (text), .get = LAB_FORM(get), .put = LAB_FORM(put),     \
		.get_from = LAB_FORM(get_from), .put_from = LAB_FORM(put_from), \
		.loops = (its_loops),                                           \
	}

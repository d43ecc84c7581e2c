/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_LANE_FAST_H
#define LAB_LANE_FAST_H

/*
 * How the data path gets into a lane and out of it. way is a constant where these
 * functions are used.
 */

#include "lane.h"

#define LAB_INLINE   static inline __attribute__((always_inline))
#define LAB_NOINLINE static __attribute__((noinline))

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
 * The calls left of a kept lane are in the token already, and there are some. It is begun
 * before its room is looked at: a signal handler that comes in between must not find it free. One
 * that is entered is looked at before, since that takes no longer and the version of its slot tells
 * whether it still holds.
 */
LAB_INLINE bool
lab_look(struct lab_lane *lane, enum lab_way way, union lab_token *token)
{
	if (way == LAB_WAY_KEPT) {
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

/* Nothing after this is done before it: the fewer registers are in use, the less is saved. */
#define LAB_NO_EARLIER() __asm__ volatile("" ::: "memory")

LAB_INLINE uint64_t
lab_front_put(const struct lab_lane *lane, enum lab_way way, const union lab_token *token)
{
	/* Of a lane that is not kept, it was made for no room. */
	return way == LAB_WAY_KEPT ? lane->put : lane->put | lab_front_in(lane, way, token);
}

#endif /* LAB_LANE_FAST_H */

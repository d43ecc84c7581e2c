/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_RECORD_H
#define LAB_RECORD_H

/*
 * Who moves frames, and when. A lane has it ready in the form that owner words take; it
 * looks at the clock once in LAB_STAMP_EVERY calls, and when another process comes.
 */

#include "labyrinth_violation.h"
#include "thread.h"
#include "word.h"

/* A lane looks at the clock once in so many calls: a power of two. */
#define LAB_STAMP_EVERY LABYRINTH_AGE_CALLS
/* Who it was is not known any more: there have been too many. */
#define LAB_WHO_OTHERS (LAB_WHOS - 1)

/* The place of a process and a lane in the table of those who move frames. */
LAB_COLD uint32_t
lab_who(struct labyrinth *lab, uint32_t pid, uint32_t lane);

/* The process and the lane that have this place. */
void
lab_who_read(const struct labyrinth *lab, uint32_t who, uint32_t *pid, uint32_t *lane);

/* The place that is noted in `own`. */
static inline uint32_t
lab_own_who(uint32_t own)
{
	return own >> LAB_OWN_WHO_POS;
}

/* This process and lane, and now: as in the word of a frame that they get. */
uint32_t
lab_own_of(struct labyrinth *lab, uint32_t pid, uint32_t lane);

/* The same, made so long ago that nobody needs to know when. */
static inline uint32_t
lab_own_old(uint32_t own)
{
	return lab_own_who(own) << LAB_OWN_WHO_POS;
}

/* Is it time to replace it by that, since stamps begin again? */
LAB_COLD bool
lab_own_is_old(uint32_t own);

/* What `own` tells; nobody if it is 0. */
void
lab_own_read(const struct labyrinth *lab, uint32_t own, struct labyrinth_mover *mover);

/* Note who is in the lane and the time, for the frames that it moves. */
LAB_COLD void
lab_lane_look_at_clock(struct labyrinth *lab, struct lab_lane *lane);

/* A lane may have been another process's, whose frames must not seem to be these. */
static inline bool
lab_lane_is_ours(const struct lab_lane *lane)
{
	/* @atomic key-look: pairs key-set, key-clear. Else: a torn key passes for ours. */
	return atomic_load_explicit(&lane->key, memory_order_relaxed) == lab_process_key;
}

#endif /* LAB_RECORD_H */

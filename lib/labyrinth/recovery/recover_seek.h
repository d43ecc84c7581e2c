/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_RECOVER_SEEK_H
#define LAB_RECOVER_SEEK_H

/* Who is dead, and who has a room. */

#include "lane.h"

/* A process, and the lanes that are its own alone. */
struct lab_dead {
	uint32_t name;
	uint32_t guest; /* the first of LABYRINTH_GUEST_LANES */
	uint32_t own;   /* the first of `each` */
	uint32_t each;
};

/* Is it the one in a lane that many use? */
static inline bool
lab_dead_is_in(const struct lab_dead *dead, const struct lab_lane *lane)
{
	/* @atomic guest-look: pairs guest-claim, guest-clear. Else: see guest-claim. */
	return atomic_load_explicit(&lane->guest, memory_order_seq_cst) == dead->name + 1;
}

static inline bool
lab_dead_has(const struct labyrinth *lab, const struct lab_dead *dead, uint32_t lane)
{
	return lane - dead->guest < LABYRINTH_GUEST_LANES || lane - dead->own < dead->each ||
	       (lane < lab->lane_count && lab_dead_is_in(dead, &lab->lanes[lane]));
}

/* What is known of a room, or of frames on their way. */
enum lab_verdict {
	LAB_HELD, /* by the dead process */
	LAB_ELSEWHERE,
	LAB_UNCERTAIN /* it was moved meanwhile, or somebody alive is about to move it */
};

/* Of a count of threads: they are known to be dead. */
#define LAB_ON_STACK_DEAD (1u << 31)

static inline uint32_t
lab_on_stack_count(const struct labyrinth *lab, uint32_t name)
{
	/* @atomic on-stack-look: pairs on-stack-begin, on-stack-end, on-stack-mark, on-stack-clear.
	 * Else: see there. */
	return atomic_load_explicit(&lab->on_stack[name], memory_order_seq_cst);
}

static inline uint64_t
lab_lane_intent(const struct lab_lane *lane)
{
	/* @atomic intent-read: pairs intend, intend-roomless, intend-nothing, intent-mark. Else:
	 * see there. */
	return atomic_load_explicit(&lane->intent, memory_order_seq_cst);
}

static inline uint64_t
lab_lane_slot(const struct lab_lane *lane)
{
	/*
	 * @atomic recover-slot: pairs lane-leave, lane-publish, lane-steal. Else: an intent is seen
	 * to have ended before the slot names what it was about.
	 */
	return atomic_load_explicit(&lane->slot, memory_order_seq_cst);
}

/*
 * Does somebody alive have the room in a lane, or may anybody take it there? LAB_ROOMLESS:
 * is somebody alive moving roomless frames?
 */
enum lab_verdict
lab_seek_lanes(const struct labyrinth *lab, const struct lab_dead *dead, uint32_t room);

/* May somebody alive have it in a lane on a stack? */
bool
lab_may_be_on_stack(const struct labyrinth *lab, const struct lab_dead *dead);

/* Who has a room, wherever it may be? */
enum lab_verdict
lab_seek_room(const struct labyrinth *lab, const struct lab_dead *dead, uint32_t room);

#endif /* LAB_RECOVER_SEEK_H */

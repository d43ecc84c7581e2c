/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_RECOVER_H
#define LAB_RECOVER_H

#include "labyrinth_recover.h"
#include "seal.h"

/* No process's number. */
#define LAB_NOBODY (UINT32_MAX - 1)

/* A process, and the lanes that are its own alone. */
struct lab_dead {
	uint32_t name;
	uint32_t guest; /* the first of LABYRINTH_GUEST_LANES */
	uint32_t own;   /* the first of `each` */
	uint32_t each;
};

/* Is it the one in a lane that many use? */
static inline bool
lab_dead_visits(const struct lab_dead *dead, const struct lab_lane *lane)
{
	/* @atomic guest-look: pairs guest-claim, guest-clear. Else: see guest-claim. */
	return atomic_load_explicit(&lane->guest, memory_order_seq_cst) == dead->name + 1;
}

static inline bool
lab_dead_has(const struct labyrinth *lab, const struct lab_dead *dead, uint32_t lane)
{
	return lane - dead->guest < LABYRINTH_GUEST_LANES || lane - dead->own < dead->each ||
	       (lane < lab->lane_count && lab_dead_visits(dead, &lab->lanes[lane]));
}

/* What is known of a room, or of frames on their way. */
enum lab_verdict {
	LAB_HELD, /* by the dead process */
	LAB_ELSEWHERE,
	LAB_UNCERTAIN /* it was moved meanwhile, or somebody alive is about to move it */
};

/*
 * Does somebody alive have the room in a lane, or may anybody take it there? LAB_ASTRAY:
 * is somebody alive moving strays?
 */
enum lab_verdict
lab_seek_lanes(const struct labyrinth *lab, const struct lab_dead *dead, uint32_t room);

/* May somebody alive have it in a lane on a stack? */
bool
lab_may_be_apart(const struct labyrinth *lab, const struct lab_dead *dead);

/*
 * Find strays that the dead process had on their way, and places for them. Returns false
 * when that cannot be done just now.
 */
bool
lab_recover_strays(struct labyrinth *lab, const struct lab_dead *dead,
                   struct labyrinth_recovery *found);

/*
 * Recover one lane, which a dead process kept. Returns false when that cannot be
 * done just now.
 */
LAB_COLD bool
lab_recover_lane(struct labyrinth *lab, struct lab_lane *lane);

#endif /* LAB_RECOVER_H */

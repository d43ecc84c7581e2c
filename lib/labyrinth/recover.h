/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_RECOVER_H
#define LAB_RECOVER_H

#include "labyrinth_recover.h"
#include "seal.h"

/* The lanes of one process. */
struct lab_range {
	uint32_t guest; /* the first of LABYRINTH_GUEST_LANES */
	uint32_t own;   /* the first of `each` */
	uint32_t each;
};

static inline bool
lab_range_has(const struct lab_range *range, uint32_t lane)
{
	return lane - range->guest < LABYRINTH_GUEST_LANES || lane - range->own < range->each;
}

/*
 * Recover one lane, which a dead process kept. Returns false when that cannot be
 * done just now.
 */
LAB_COLD bool
lab_recover_lane(struct labyrinth *lab, struct lab_lane *lane);

/* The lane that got a frame last. */
static inline uint32_t
lab_got_lane(const struct lab_deeds *deeds)
{
	return (uint32_t)(lab_deeds_got(deeds) >> LAB_STAMP_BITS) & ((1u << LAB_LANE_BITS) - 1);
}

/* The process of a record. */
static inline uint32_t
lab_got_pid(uint64_t got)
{
	return (uint32_t)(got >> (LAB_STAMP_BITS + LAB_LANE_BITS));
}

#endif /* LAB_RECOVER_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_LANE_CACHE_H
#define LAB_LANE_CACHE_H

/*
 * The thread's cache of lanes. A thread remembers which lane it works from, of a few labyrinths: so
 * that a call neither asks for its lcore id nor looks whether the lane is still its own. It forgets
 * when it leaves the lane; a child of fork() forgets all. A labyrinth that has ended is not
 * mistaken for a later one, since no two have one serial number.
 *
 * The variable lies in the block that the loader makes for each thread: to reach it
 * never allocates.
 */

#include "labyrinth_private.h"

/* A serial number has none of these bits: they tell which lane. */
#define LAB_LANE_CACHE_LANES 4096u
#define LAB_LANE_CACHE_LEN   4

_Static_assert(LAB_LANE_CACHE_LANES >= LAB_LANES_MAX, "an entry cannot tell all lanes");

/*
 * One word each, written and read as a whole: a signal handler may come in between that
 * remembers another lane here.
 */
extern __thread uint64_t lab_lane_cache[LAB_LANE_CACHE_LEN]
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

static inline uint64_t *
lab_lane_cache_entry(const struct labyrinth *lab)
{
	return (uint64_t *)((uintptr_t)lab_lane_cache + lab->lane_cache_at);
}

static inline uint64_t
lab_lane_cache_read(const struct labyrinth *lab)
{
	/* @atomic lane-cache-read: pairs lane-cache-write. Else: half of what a signal handler
	 * wrote. */
	return __atomic_load_n(lab_lane_cache_entry(lab), __ATOMIC_RELAXED);
}

static inline void
lab_lane_cache_write(const struct labyrinth *lab, uint64_t value)
{
	/* @atomic lane-cache-write: pairs lane-cache-read. Else: half of it is read by a signal
	 * handler. */
	__atomic_store_n(lab_lane_cache_entry(lab), value, __ATOMIC_RELAXED);
}

/* The number of the lane that the calling thread works from; too high if it has none. */
static inline uint64_t
lab_lane_cache_lane(const struct labyrinth *lab)
{
	return lab_lane_cache_read(lab) ^ lab->serial;
}

static inline void
lab_lane_cache_set(const struct labyrinth *lab, uint32_t lane_id)
{
	lab_lane_cache_write(lab, lab->serial ^ lane_id);
}

/* The calling thread forgets a lane, if it is the one it remembers. */
static inline void
lab_lane_cache_clear(const struct labyrinth *lab, uint32_t lane_id)
{
	if (lab_lane_cache_lane(lab) == lane_id)
		lab_lane_cache_write(lab, 0);
}

#endif /* LAB_LANE_CACHE_H */

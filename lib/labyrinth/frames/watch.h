/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_WATCH_H
#define LAB_WATCH_H

/*
 * Which frames are watched: filled when they are put and verified when they are got, as all
 * frames are in strict. The data path does not choose: a lane leaves it now and then anyway,
 * to look at the clock, and such a call watches as many of its frames as all calls since the
 * last one would have to. How many calls and how many frames lie in between is drawn at
 * random: programs may get and put in turns.
 */

#include "record.h"

/* Calls of which one chooses, on average: as many as a frame is watched of, but not more. */
#define LAB_WATCH_CALLS 56

_Static_assert(LAB_WATCH_CALLS <= LAB_STAMP_EVERY, "a lane looks at the clock before");

/* A random number below n, of this lane's holder. Nothing secret rests on it. */
static inline uint32_t
lab_watch_draw(struct lab_lane *lane, uint32_t n)
{
	lane->random ^= lane->random << 13;
	lane->random ^= lane->random >> 7;
	lane->random ^= lane->random << 17;
	return (uint32_t)((lane->random >> 32) * n >> 32);
}

/* Calls that the data path may serve before the next one that chooses. */
static inline uint32_t
lab_watch_pause(const struct labyrinth *lab, struct lab_lane *lane)
{
	const uint32_t mean = lab->watch_calls - 1;
	const uint32_t most = LAB_STAMP_EVERY - 1 - mean;
	const uint32_t off = mean < most ? mean : most;

	return mean - off + lab_watch_draw(lane, 2 * off + 1);
}

/* The same for a lane that looks at the clock when the version of its slot says so. */
static inline uint64_t
lab_watch_skip(const struct labyrinth *lab, struct lab_lane *lane)
{
	return (LAB_STAMP_EVERY - 1 - lab_watch_pause(lab, lane)) * LAB_SLOT_VERSION_ONE;
}

/* A call begins: does it choose? A lane on a thread's stack never does. */
static inline void
lab_watch_begin(const struct labyrinth *lab, struct lab_lane *lane, bool chooses)
{
	lane->watches = chooses && lab->sample != 0 && lane->id < lab->lane_count;
}

/* How many frames put by calls that choose come before the next one that is watched? */
static inline void
lab_watch_next(const struct labyrinth *lab, struct lab_lane *lane)
{
	lane->watch_in =
		lab_watch_draw(lane, 2 * lab->sample - lab->watch_calls) / lab->watch_calls;
}

/* Is this frame, about to be put, one that is watched? */
static inline bool
lab_watch_this(const struct labyrinth *lab, struct lab_lane *lane)
{
	if (!lane->watches)
		return false;
	if (lane->watch_in > 0) {
		lane->watch_in--;
		return false;
	}
	lab_watch_next(lab, lane);
	return true;
}

/* Bytes for what is remembered of watched frames, of which there are so few at a time. */
size_t
lab_watch_len(const struct labyrinth_params *params);

/* Remember where in the program a frame is put, whose word is this from now on. */
void
lab_watch_note(const struct labyrinth *lab, const void *frame, uint64_t word, const void *site);

/* Where a frame with this word was put; NULL if that is not known any more. */
const void *
lab_watch_site(const struct labyrinth *lab, const void *frame, uint64_t word);

#endif /* LAB_WATCH_H */

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

/* One call in so many chooses, on average: in `sample`, but at least one in these. */
#define LAB_WATCH_CALLS 256

/* A random number below n, of this lane's holder. Nothing secret rests on it. */
static inline uint32_t
lab_watch_draw(struct lab_lane *lane, uint32_t n)
{
	lane->random ^= lane->random << 13;
	lane->random ^= lane->random >> 7;
	lane->random ^= lane->random << 17;
	return (uint32_t)((lane->random >> 32) * n >> 32);
}

/* A call does not choose. */
static inline void
lab_watch_none(struct lab_lane *lane)
{
	lane->watches = false;
}

/*
 * A call begins, after so many that the data path has served: does it choose? A lane on a
 * thread's stack never does.
 */
static inline void
lab_watch_begin(const struct labyrinth *lab, struct lab_lane *lane, uint32_t served)
{
	lab_watch_none(lane);
	if (lab->sample == 0 || lane->id >= lab->lane_count)
		return;
	lane->watches = lane->watch_calls <= served + 1;
	lane->watch_calls = lane->watches ? 1 + lab_watch_draw(lane, 2 * lab->watch_calls - 1)
	                                  : lane->watch_calls - served - 1;
}

/* Calls that the data path may serve before this lane has to look at the clock, or to choose. */
static inline uint32_t
lab_watch_pause(const struct labyrinth *lab, const struct lab_lane *lane)
{
	if (lab->sample == 0 || lane->watch_calls > LAB_STAMP_EVERY)
		return LAB_STAMP_EVERY - 1;
	return lane->watch_calls - 1;
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

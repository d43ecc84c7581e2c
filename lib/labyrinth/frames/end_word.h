/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_END_WORD_H
#define LAB_END_WORD_H

/*
 * The end word: 8 keyed bytes right after a frame, which never change in a correct program.
 * They lie in the gap after the frame or, where there is none, are the seal of the next one.
 * Others may be writing there just now, wherever they should not.
 */

#include "seal.h"

#define LAB_GLANCE __attribute__((noinline, no_sanitize("thread")))

static inline uintptr_t
lab_frame_end(const struct labyrinth *lab, uintptr_t frame)
{
	return frame + ((lab->frame_len + 7ull) & ~7ull);
}

/* Is there an end word after this frame? */
static inline bool
lab_has_end(const struct labyrinth *lab, uintptr_t frame)
{
	if (lab->frame_len == 0)
		return false;
	return lab_frame_end(lab, frame) + LABYRINTH_CANARY_LEN <= lab_memory_end(lab, frame);
}

/* A word of packet memory, as it is just now. */
uint64_t
lab_glance(uintptr_t at);

/* What this frame's end word is to be. */
uint64_t
lab_end_wanted(const struct labyrinth *lab, uintptr_t frame);

/* Is the end word of this frame, which has one, as it was laid? */
static inline bool
lab_end_is_whole(const struct labyrinth *lab, uintptr_t frame)
{
	uint64_t word = lab_glance(lab_frame_end(lab, frame));

	return lab_likely(word == lab_canary_of(lab, (const void *)frame)) ||
	       word == lab_end_wanted(lab, frame);
}

/* Write it. */
void
lab_end_lay(const struct labyrinth *lab, uintptr_t frame);

#endif /* LAB_END_WORD_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_POISON_H
#define LAB_POISON_H

/*
 * What a frame contains while it is free: a digest, in its header, of the start
 * that its user may rely on, and a secret word over and over behind that.
 */

#include "labyrinth_private.h"
#include "seal.h"
#include "vector.h"

/* The secret of what a frame contains; another one than its seal's. */
static inline uint64_t
lab_poison_word(const struct labyrinth *lab, const void *frame)
{
	return lab_tag(frame, lab->key[2], lab->key[3]);
}

static inline size_t
lab_poison_bytes(const struct labyrinth *lab)
{
	size_t room = (lab->frame_len - lab->keep_len) & ~(size_t)7;

	return lab->poison_len != 0 && lab->poison_len < room ? lab->poison_len : room;
}

static inline void *
lab_poison_begin(const struct labyrinth *lab, const void *frame)
{
	return (uint8_t *)(uintptr_t)frame + lab->keep_len;
}

/*
 * The digest of n words is a sum of products, so that none waits for another. Word
 * i is paired with word i + 8 of each sixteen, as vectors have them; a word behind
 * the end is zero. The place of a pair is part of its keys.
 */
#define LAB_DIGEST_WORDS 16
/* Odd and without pattern: every pair gets a key of its own. */
#define LAB_DIGEST_STEP 0x9e3779b97f4a7c15ull

/* The digest of one frame's content says nothing of another's, whose content is the same. */
static inline uint64_t
lab_digest_bind(const struct labyrinth *lab, const void *frame, uint64_t sum)
{
	return lab_fold(sum ^ lab->key[2], (uintptr_t)frame ^ lab->key[3]);
}

void
lab_poison_fill_plain(const struct labyrinth *lab, void *frame);

bool
lab_poison_intact_plain(const struct labyrinth *lab, const void *frame);

/* The same, where lab_vector is true. */
void
lab_poison_fill_vector(const struct labyrinth *lab, void *frame);

bool
lab_poison_intact_vector(const struct labyrinth *lab, const void *frame);

/* Fill a frame that is about to be free, and note its digest. */
static inline void
lab_poison_fill(const struct labyrinth *lab, void *frame)
{
	if (lab_vector)
		lab_poison_fill_vector(lab, frame);
	else
		lab_poison_fill_plain(lab, frame);
}

/* Is a free frame as it was left? */
static inline bool
lab_poison_intact(const struct labyrinth *lab, const void *frame)
{
	return lab_vector ? lab_poison_intact_vector(lab, frame)
	                  : lab_poison_intact_plain(lab, frame);
}

#endif /* LAB_POISON_H */

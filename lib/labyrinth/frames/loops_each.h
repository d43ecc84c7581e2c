/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_LOOPS_EACH_H
#define LAB_LOOPS_EACH_H

/*
 * Between a room and the caller's array, when every frame is checked: one after the
 * other. What these loops touch beside the two arrays is one owner word a frame. What
 * words are found by is copied first: else it is read again for each frame, since the
 * compiler cannot know that the words written are not it.
 */

#include <stddef.h>
#include <string.h>

#include "seal.h"

/* The frames behind the first `left` places: to the front. */
static LAB_COLD uint32_t
lab_own_part(void **frames, uint32_t n, size_t left)
{
	memmove(frames, &frames[left], (n - left) * sizeof(*frames));
	return n - (uint32_t)left;
}

/* n is not 0. */
static inline uint32_t
lab_own_each(const struct labyrinth *lab, void *const *top, uint32_t n, uint64_t in, uint32_t own,
             void **frames)
{
	const struct lab_finder find = lab->find;
	void *const *from = top - n;
	size_t left = n;

	do {
		void *frame = from[left - 1];
		struct lab_word *word = lab_word_at(&find, frame);

		if (lab_unlikely(!lab_word_says_in(lab_word_read(word), in)))
			return lab_own_part(frames, n, left);
		frames[left - 1] = frame;
		lab_word_own(word, frame, own);
	} while (--left != 0);
	return n;
}

/*
 * Headers are no business of the data path: the patrol looks at them. Of what is put, that of the
 * first frame is looked at besides.
 */
static inline bool
lab_free_begins(const struct labyrinth *lab, void *const *frames)
{
	struct lab_word *word;

	return lab_find_owned(&lab->find, frames[0], &word) && lab_seal_holds(lab, frames[0]);
}

static inline uint32_t
lab_free_each(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put, void **to)
{
	const struct lab_finder find = lab->find;
	void *const *end;
	void **to_end;
	ptrdiff_t i;

	if (lab_unlikely(n == 0 || !lab_free_begins(lab, frames)))
		return 0;
	end = frames + n;
	to_end = to + n;
	i = -(ptrdiff_t)n;
	/* Up to 0, so that the end needs no register. */
	do {
		void *frame = end[i];
		struct lab_word *word;

		if (lab_unlikely(!lab_find_owned(&find, frame, &word)))
			break;
		lab_word_write(word, put);
		lab_room_note(&to_end[i], frame);
	} while (++i != 0);
	return (uint32_t)(n + i);
}

#endif /* LAB_LOOPS_EACH_H */

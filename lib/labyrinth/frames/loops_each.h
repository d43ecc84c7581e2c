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

#include "seal.h"

/*
 * Headers are no business of the data path, but nobody else looks at them: of one frame in
 * so many that are put.
 */
#define LAB_HEADER_EVERY 8

static inline uint32_t
lab_own_each(const struct labyrinth *lab, void *const *top, uint32_t n, uint64_t in, uint32_t own,
             void **frames)
{
	const struct lab_finder find = lab->find;
	size_t i;

	for (i = 0; i < n; i++) {
		void *frame = *--top;
		struct lab_word *word = lab_word_at(&find, frame);

		if (lab_unlikely(!lab_word_says_in(lab_word_read(word), in)))
			break;
		frames[i] = frame;
		lab_word_own(word, frame, own);
	}
	return (uint32_t)i;
}

/* Of n frames that were freed those from some on are owned again. */
static LAB_COLD uint32_t
lab_free_undo(const struct labyrinth *lab, void *const *frames, size_t from, size_t n)
{
	size_t i;

	for (i = from; i < n; i++)
		lab_word_write(lab_word_at(&lab->find, frames[i]), (uintptr_t)frames[i]);
	return (uint32_t)from;
}

/* Headers are looked at last: only those of frames that proved to be some are there to be read. */
static inline uint32_t
lab_free_each(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put, void **to)
{
	const struct lab_finder find = lab->find;
	size_t done;
	size_t i;

	for (i = 0; i < n; i++) {
		void *frame = frames[i];
		struct lab_word *word;

		if (lab_unlikely(!lab_find_owned(&find, frame, &word)))
			break;
		lab_word_write(word, put);
		lab_room_note(&to[i], frame);
	}
	done = i;
	for (i = 0; i < done; i += LAB_HEADER_EVERY) {
		if (lab_unlikely(!lab_seal_holds(lab, frames[i])))
			return lab_free_undo(lab, frames, i, done);
	}
	return (uint32_t)done;
}

#endif /* LAB_LOOPS_EACH_H */

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
lab_own_each(const struct labyrinth *lab, void *const *top, uint32_t n, uint64_t in, uint64_t own,
             void **frames)
{
	const struct lab_finder find = lab->find;
	size_t i;

	for (i = 0; i < n; i++) {
		void *frame = *--top;
		_Atomic uint64_t *word;
		uint64_t place;

		if (lab_unlikely(!lab_is_near(&find, frame)))
			break;
		place = lab_near_place_of(&find, frame);
		word = lab_place_word(&find, place);
		if (lab_unlikely(!lab_word_says_in(lab_word_read(word), in)))
			break;
		frames[i] = frame;
		lab_word_write(word, lab_word_own(place, own));
	}
	return (uint32_t)i;
}

static inline uint32_t
lab_free_each(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put, void **to)
{
	const struct lab_finder find = lab->find;
	size_t i;

	for (i = 0; i < n; i++) {
		void *frame = frames[i];
		_Atomic uint64_t *word;
		uint64_t place;
		uint64_t seen;

		if (lab_unlikely(!lab_is_near(&find, frame)))
			break;
		place = lab_near_place_of(&find, frame);
		word = lab_place_word(&find, place);
		seen = lab_word_read(word);
		if (lab_unlikely(!lab_word_owns(seen, place)))
			break;
		if (i % LAB_HEADER_EVERY == 0 && lab_unlikely(!lab_seal_holds(lab, frame)))
			break;
		lab_word_write(word, lab_word_put(seen, put));
		lab_room_note(&to[i], frame);
	}
	return (uint32_t)i;
}

#endif /* LAB_LOOPS_EACH_H */

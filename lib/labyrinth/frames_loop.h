/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_FRAMES_LOOP_H
#define LAB_FRAMES_LOOP_H

/*
 * Between a room and the caller's array, when every frame is checked: one after the
 * other. What these loops touch beside the two arrays is one owner word a frame.
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
	size_t i;

	for (i = 0; i < n; i++) {
		void *frame = *--top;
		uint64_t line = lab_near_line(lab, frame);
		_Atomic uint64_t *word;

		if (lab_unlikely(line == LAB_NO_LINE))
			break;
		word = lab_line_word(lab, line);
		if (lab_unlikely(((lab_word_read(word) ^ in) & LAB_IN_MASK) != 0))
			break;
		frames[i] = frame;
		lab_word_write(word, lab_word_own(lab, line, own));
	}
	return (uint32_t)i;
}

static inline uint32_t
lab_free_each(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put, void **to)
{
	size_t i;

	for (i = 0; i < n; i++) {
		void *frame = frames[i];
		uint64_t line = lab_near_line(lab, frame);
		_Atomic uint64_t *word;
		uint64_t seen;

		if (lab_unlikely(line == LAB_NO_LINE))
			break;
		word = lab_line_word(lab, line);
		seen = lab_word_read(word);
		if (lab_unlikely(!lab_word_owns(lab, seen, line)))
			break;
		if (i % LAB_HEADER_EVERY == 0 && lab_unlikely(!lab_seal_holds(lab, frame)))
			break;
		lab_word_write(word, lab_word_put(seen, put));
		lab_room_note(&to[i], frame);
	}
	return (uint32_t)i;
}

#endif /* LAB_FRAMES_LOOP_H */

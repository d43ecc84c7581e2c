/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "content.h"
#include "end_word.h"
#include "poison.h"
#include "trace.h"
#include "watch.h"

/* Frames that are fetched ahead of a look at them. */
#define LAB_FETCH_AHEAD 8
/* Lines of poison that are: the processor finds the others by itself. */
#define LAB_FETCH_POISON 6

/* Fetch what checks of a frame read; whatever the pointer is, nothing happens but that. */
static inline void
content_fetch(const struct labyrinth *lab, const void *frame)
{
	const uintptr_t at = (uintptr_t)lab_header(frame);
	size_t len = LABYRINTH_HEADER_LEN + lab->keep_len;
	size_t poison = lab_poison_bytes(lab);
	size_t off;

	if ((lab->flags & LABYRINTH_F_POISON) != 0)
		len += poison < LAB_FETCH_POISON * LAB_LINE ? poison : LAB_FETCH_POISON * LAB_LINE;
	/* By distance, since addresses may come to an end in between. */
	for (off = 0; off < len; off += LAB_LINE)
		__builtin_prefetch((const void *)(at + off));
}

/* Describe the first difference from a pattern, byte by byte. */
static bool
find_bad(const uint8_t *from, size_t len, uint64_t word, struct labyrinth_violation *violation)
{
	uint8_t want[8];
	size_t first = len;
	size_t last = 0;
	size_t i;

	memcpy(want, &word, sizeof(want));
	for (i = 0; i < len; i++) {
		if (from[i] == want[i % 8])
			continue;
		if (first == len)
			first = i;
		last = i;
	}
	if (first == len)
		return false;
	violation->at = from + first;
	violation->bad = last - first + 1;
	return true;
}

static LAB_COLD void
poison_violation(struct labyrinth *lab, struct lab_lane *lane, void *frame)
{
	struct labyrinth_violation violation = {.kind = LABYRINTH_WRITE_AFTER_FREE, .frame = frame};

	if (!find_bad(lab_poison_begin(lab, frame), lab_poison_bytes(lab),
	              lab_poison_word(lab, frame), &violation)) {
		/* Only a digest of the start is kept: all of it is suspect. */
		violation.at = frame;
		violation.bad = lab->keep_len;
	}
	lab_violation(lab, lane, &violation);
}

static LAB_COLD void
canary_violation(struct labyrinth *lab, const struct lab_lane *lane, void *frame)
{
	struct labyrinth_violation violation = {.kind = LABYRINTH_CANARY, .frame = frame};

	find_bad((const uint8_t *)lab_frame_end(lab, (uintptr_t)frame), LABYRINTH_CANARY_LEN,
	         lab_end_wanted(lab, (uintptr_t)frame), &violation);
	lab_violation(lab, lane, &violation);
}

/*
 * Choose the next n frames of a room, from its top downwards: those put last, or
 * any of them.
 */
static inline void
choose(struct labyrinth *lab, const struct lab_lane *lane, struct lab_room *room, uint32_t count,
       uint32_t n)
{
	if ((lab->flags & LABYRINTH_F_RANDOM_REUSE) == 0 || lane->id >= lab->lane_count)
		return;
	for (; n > 0; n--, count--) {
		uint32_t pick = labyrinth_entropy_below(&lab->dice[lane->id], count);
		void *frame = room->frames[pick];

		__builtin_prefetch(lab_word_of(lab, frame));
		lab_room_note(&room->frames[pick], room->frames[count - 1]);
		/* Who is killed before the count is written leaves it in the room. */
		lab_room_note(&room->frames[count - 1], frame);
	}
}

/* Is a free frame, whose word is this, as it was left? */
static inline bool
take_check(struct labyrinth *lab, struct lab_lane *lane, void *frame, uint64_t word,
           uint32_t number)
{
	/* Headers are no business of a get, but of frames that are looked at anyway. */
	bool header = (lab->flags & LAB_F_STRICT) != 0 || lab_word_watched(word);

	if (lab_unlikely(!lab_word_is_in(word, number) ||
	                 (header && !lab_seal_holds(lab, frame)))) {
		lab_get_surprise(lab, lane, frame);
		return false;
	}
	if (lab_word_watched(word) && lab_unlikely(!lab_poison_intact(lab, frame))) {
		poison_violation(lab, lane, frame);
		return false;
	}
	return true;
}

bool
lab_take_one(struct labyrinth *lab, struct lab_lane *lane, uint32_t number, void *frame)
{
	struct lab_word *word = lab_word_of(lab, frame);

	if (lab_unlikely(word == NULL)) {
		lab_get_surprise(lab, lane, frame);
		return false;
	}
	if (!take_check(lab, lane, frame, lab_word_read(word), number))
		return false;
	if ((lab->flags & LABYRINTH_F_TRACE) != 0)
		lab_trace_note(lab, frame, lane->own, lane->site, false);
	lab_word_own(word, frame, lane->own);
	return true;
}

/* The n frames on top of a room. */
static inline void
take_fetch(const struct labyrinth *lab, const struct lab_room *room, uint32_t count, uint32_t n)
{
	uint32_t i;

	for (i = 1; i <= n; i++)
		content_fetch(lab, room->frames[count - i]);
}

uint32_t
lab_take_strict(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room,
                uint32_t number, void **frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);
	uint32_t good = 0;

	while (n > 0) {
		uint32_t some = n < LAB_FETCH_AHEAD ? n : LAB_FETCH_AHEAD;

		choose(lab, lane, room, count, some);
		take_fetch(lab, room, count, some);
		for (n -= some; some > 0; some--) {
			void *frame = room->frames[--count];

			if (lab_take_one(lab, lane, number, frame))
				frames[good++] = frame;
		}
	}
	lab_room_count_set(room, count);
	return good;
}

/* May this frame be put? If not, tells what is wrong with it. */
static inline bool
leave_check(struct labyrinth *lab, const struct lab_lane *lane, void *frame)
{
	struct lab_word *word;

	return lab_likely(lab_find_owned(&lab->find, frame, &word) && lab_seal_holds(lab, frame)) ||
	       lab_put_surprise(lab, lane, frame);
}

static inline void
leave_fetch(const struct labyrinth *lab, void *const *frames, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		content_fetch(lab, frames[i]);
		if ((lab->flags & LABYRINTH_F_CANARY) != 0)
			__builtin_prefetch((const void *)lab_frame_end(lab, (uintptr_t)frames[i]));
	}
}

/* Has a frame that is put been left to itself by who was in front of it, and behind it? */
static inline bool
end_check(struct labyrinth *lab, const struct lab_lane *lane, void *frame, bool watch)
{
	if (((lab->flags & LABYRINTH_F_CANARY) == 0 && !watch) ||
	    !lab_has_end(lab, (uintptr_t)frame) ||
	    lab_likely(lab_end_is_whole(lab, (uintptr_t)frame)))
		return true;
	canary_violation(lab, lane, frame);
	return false;
}

/*
 * One frame that may be put. The word is written before it is filled: who puts the frame a
 * second time meanwhile is found out. Filled, it is watched: who is stopped or killed before
 * leaves a frame that nobody verifies.
 */
static inline bool
leave_one(struct labyrinth *lab, struct lab_lane *lane, void *frame, uint64_t put, bool sampled)
{
	struct lab_word *word = lab_word_of(lab, frame);

	if (!end_check(lab, lane, frame, sampled))
		return false;
	lab_word_write(word, put);
	if (sampled)
		lab_watch_note(lab, frame, put, lane->site);
	if (sampled || (lab->flags & LABYRINTH_F_POISON) != 0) {
		lab_poison_fill(lab, frame);
		lab_word_filled(word, put);
	}
	if ((lab->flags & LABYRINTH_F_TRACE) != 0)
		lab_trace_note(lab, frame, lane->own, lane->site, true);
	return true;
}

uint32_t
lab_leave_strict(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room,
                 uint32_t number, void *const *frames, uint32_t n)
{
	const uint64_t put = lab_word_moved(lane->put, number);
	uint32_t count = lab_room_count(room);
	uint32_t i;

	leave_fetch(lab, frames, n < LAB_FETCH_AHEAD ? n : LAB_FETCH_AHEAD);
	for (i = 0; i < n; i++) {
		bool good = leave_check(lab, lane, frames[i]);
		bool sampled = lab_watch_this(lab, lane);

		if (i + LAB_FETCH_AHEAD < n)
			leave_fetch(lab, &frames[i + LAB_FETCH_AHEAD], 1);
		if (lab_likely(good) && leave_one(lab, lane, frames[i], put, sampled))
			lab_room_note(&room->frames[count++], frames[i]);
	}
	lab_room_count_set(room, count);
	return n;
}

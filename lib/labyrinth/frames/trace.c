/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Notes are found by the address of their frame: a table of numbers, open to both
 * sides, leads to the frame's notes. It is filled while frames are added and only
 * read after that.
 */

#include <string.h>

#include "caller.h"
#include "seal.h"
#include "trace.h"
#include "watch.h"

struct note {
	uint64_t site; /* an address, and SITE_PUT */
	uint64_t caller;
	uint32_t own; /* as in the frame's word */
};

struct notes {
	const void *frame;
	uint64_t count; /* moves ever noted */
	struct note note[];
};

/* Code addresses use at most 57 bits: the kind of move goes above them. */
#define SITE_PUT (1ull << 63)

static size_t
notes_len(uint32_t moves)
{
	return sizeof(struct notes) + moves * sizeof(struct note);
}

/* Twice as many places as frames, a power of two. */
static uint32_t
places(uint32_t frames)
{
	return 2u << (32 - __builtin_clz(frames | 1));
}

size_t
lab_trace_len(uint32_t frames, uint32_t moves)
{
	return (size_t)places(frames) * sizeof(uint32_t) + frames * notes_len(moves);
}

static struct notes *
notes_at(const struct labyrinth *lab, uint32_t number)
{
	uint8_t *first = (uint8_t *)(lab->notes + places(lab->frames_max));

	return (struct notes *)(first + number * notes_len(lab->trace));
}

/* The place of a frame, or the one that it would get. */
static uint32_t *
place_of(const struct labyrinth *lab, const void *frame)
{
	uint32_t most = places(lab->frames_max);
	uint32_t i = (uint32_t)((uintptr_t)frame * 0x9e3779b97f4a7c15ull >> 32) & (most - 1);

	while (lab->notes[i] != 0 && notes_at(lab, lab->notes[i] - 1)->frame != frame)
		i = (i + 1) & (most - 1);
	return &lab->notes[i];
}

static struct notes *
notes_of(const struct labyrinth *lab, const void *frame)
{
	uint32_t place = *place_of(lab, frame);

	return place == 0 ? NULL : notes_at(lab, place - 1);
}

void
lab_trace_add(const struct labyrinth *lab, const void *frame)
{
	uint32_t *place = place_of(lab, frame);
	struct notes *notes = notes_at(lab, lab->frames);

	memset(notes, 0, notes_len(lab->trace));
	notes->frame = frame;
	*place = lab->frames + 1;
}

void
lab_trace_note(const struct labyrinth *lab, void *frame, uint32_t own, const void *site, bool put)
{
	struct notes *notes = notes_of(lab, frame);

	if (notes == NULL)
		return;
	notes->note[notes->count % lab->trace] = (struct note){
		.site = (uintptr_t)site | (put ? SITE_PUT : 0),
		.caller = (uintptr_t)lab_caller_of(site),
		.own = own,
	};
	notes->count++;
}

/* All that is remembered of a frame that was not traced: its put, if it is watched. */
static uint32_t
watched_move(const struct labyrinth *lab, const void *frame, struct labyrinth_move *move,
             uint32_t most)
{
	uint64_t word;
	const void *site;

	if ((lab->flags & LABYRINTH_F_SAMPLE) == 0 || most == 0)
		return 0;
	word = lab_word_read(lab_word_of(lab, frame));
	site = lab_word_owned(word) ? NULL : lab_watch_site(lab, frame, word);
	if (site == NULL)
		return 0;
	*move = (struct labyrinth_move){.put = true, .site = site};
	lab_own_read(lab, lab_word_putter(word), &move->by);
	return 1;
}

uint32_t
labyrinth_moves(const labyrinth_t *lab, const void *frame, struct labyrinth_move *moves,
                uint32_t most)
{
	const struct notes *notes;
	uint32_t n;

	if ((lab->flags & LABYRINTH_F_TRACE) == 0)
		return watched_move(lab, frame, moves, most);
	notes = notes_of(lab, frame);
	if (notes == NULL)
		return 0;
	for (n = 0; n < most && n < lab->trace && n < notes->count; n++) {
		const struct note *note = &notes->note[(notes->count - 1 - n) % lab->trace];

		moves[n].put = (note->site & SITE_PUT) != 0;
		moves[n].site = (const void *)(uintptr_t)(note->site & ~SITE_PUT);
		moves[n].caller = (const void *)(uintptr_t)note->caller;
		lab_own_read(lab, note->own, &moves[n].by);
	}
	return n;
}

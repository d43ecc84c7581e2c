/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "seal.h"
#include "trace.h"

struct note {
	uint64_t site; /* an address, and SITE_PUT */
	uint64_t own; /* as in the word of an owned frame */
};

struct notes {
	uint64_t count; /* moves ever noted */
	struct note note[];
};

/* Code addresses use at most 57 bits: the kind of move goes above them. */
#define SITE_PUT (1ull << 63)

static struct notes *
notes_of(const struct labyrinth *lab, const void *frame)
{
	return (struct notes *)((uintptr_t)frame - LABYRINTH_HEADER_LEN -
	                        LABYRINTH_TRACE_LEN(lab->trace));
}

void
lab_trace_clear(const struct labyrinth *lab, void *frame)
{
	memset(notes_of(lab, frame), 0, LABYRINTH_TRACE_LEN(lab->trace));
}

void
lab_trace_note(const struct labyrinth *lab, void *frame, uint64_t own, const void *site,
               bool put)
{
	struct notes *notes = notes_of(lab, frame);

	notes->note[notes->count % lab->trace] = (struct note){
		.site = (uintptr_t)site | (put ? SITE_PUT : 0),
		.own = own,
	};
	notes->count++;
}

uint32_t
labyrinth_moves(const labyrinth_t *lab, const void *frame, struct labyrinth_move *moves,
                uint32_t most)
{
	const struct notes *notes;
	uint32_t n;

	if ((lab->flags & LABYRINTH_F_TRACE) == 0)
		return 0;
	notes = notes_of(lab, frame);
	for (n = 0; n < most && n < lab->trace && n < notes->count; n++) {
		const struct note *note = &notes->note[(notes->count - 1 - n) % lab->trace];

		moves[n].put = (note->site & SITE_PUT) != 0;
		moves[n].site = (const void *)(uintptr_t)(note->site & ~SITE_PUT);
		lab_got_read(lab, note->own, &moves[n].by);
	}
	return n;
}

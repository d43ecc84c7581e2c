/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Putting frames, and what are none. */

#include "frames_model.h"
#include "told.h"

/* Kind of a pointer that is no frame, by what frames there are. */
static enum labyrinth_violation_kind
pointer_kind(const struct model *m, const void *pointer)
{
	uintptr_t at = (uintptr_t)pointer;
	uintptr_t nearest = 0;
	uint32_t i;

	for (i = 0; i < m->params.frames; i++) {
		uintptr_t frame = (uintptr_t)m->frame[i].at;

		if (m->frame[i].where != MODEL_ABSENT && frame - LABYRINTH_HEADER_LEN <= at)
			nearest = frame;
	}
	if (nearest == 0 || (at >= nearest && at - nearest >= m->params.frame_len))
		return LABYRINTH_FOREIGN;
	return LABYRINTH_INTERIOR;
}

/* Next in what was told, of the kind expected. */
static const struct labyrinth_violation *
next_told(const struct model *m, uint32_t *next, uint32_t lane, const void *pointer,
          enum labyrinth_violation_kind kind)
{
	const struct labyrinth_violation *said = &told.list[*next];

	FUZZ_EXPECT(*next < told.count, "put: nobody was told \"%s\" of %p",
	            labyrinth_violation_name(kind), pointer);
	FUZZ_EXPECT(said->kind == kind, "put: told \"%s\", not \"%s\"",
	            labyrinth_violation_name(said->kind), labyrinth_violation_name(kind));
	FUZZ_EXPECT(said->frame == pointer, "put: told of %p, not of %p", said->frame, pointer);
	FUZZ_EXPECT(said->lab == m->lab && !said->stop &&
	                    said->lane == (lane < m->params.lanes ? lane : LABYRINTH_LANE_ANY),
	            "put: wrong labyrinth or lane");
	++*next;
	return said;
}

static void
same_mover(const struct labyrinth_mover *mover, const struct model_move *move, const char *what)
{
	FUZZ_EXPECT(mover->known == move->known && (!move->known || mover->lane == move->lane),
	            "put: told of another %s", what);
}

static void
lose(struct model *m, struct model_frame *frame)
{
	m->quarantined++;
	frame->sealed_off = true;
	frame->seal_bad = false;
	frame->put.known = false;
	frame->where = MODEL_LOST;
}

/* What is told of the put of a frame that is free. */
static enum labyrinth_violation_kind
free_kind(const struct model_frame *frame, uint32_t next)
{
	if (!frame->got.known && frame->moved_since && next < told.count &&
	    told.list[next].kind == LABYRINTH_DOUBLE_FREE)
		return LABYRINTH_DOUBLE_FREE;
	return frame->got.known ? LABYRINTH_DOUBLE_FREE : LABYRINTH_NEVER_ALLOCATED;
}

/*
 * Is the broken header of an owned frame seen when it is put, as pointer number i of n? The
 * first of several is looked at; which single ones are is the library's affair.
 */
static bool
header_seen(const struct model *m, const struct model_frame *frame, uint32_t i, uint32_t n,
            uint32_t next)
{
	if (model_strict(m) || (i == 0 && n > 1))
		return true;
	return next < told.count && told.list[next].kind == LABYRINTH_HEADER &&
	       told.list[next].frame == frame->at;
}

static void
put_frame(struct model *m, struct model_frame *frame, uint32_t lane, uint32_t *next, bool header,
          const void *site)
{
	const struct labyrinth_violation *said;

	if (frame->where != MODEL_OWNED) {
		said = next_told(m, next, lane, frame->at, free_kind(frame, *next));
		FUZZ_EXPECT(said->nearest == frame->at, "put: another frame is nearest");
		if (frame->moved_since)
			return;
		same_mover(&said->got, &frame->got, "get");
		same_mover(&said->put, &frame->put, "put");
	} else if (frame->seal_bad && header) {
		said = next_told(m, next, lane, frame->at, LABYRINTH_HEADER);
		FUZZ_EXPECT(said->at == frame->at - LABYRINTH_HEADER_LEN && said->bad == 8,
		            "put: another place in the header");
		lose(m, frame);
	} else if (model_has(m, LABYRINTH_F_CANARY) && frame->canary_bad) {
		said = next_told(m, next, lane, frame->at, LABYRINTH_CANARY);
		FUZZ_EXPECT(said->at == frame->canary_at && said->bad == 1,
		            "put: another byte of the canary");
		lose(m, frame);
	} else {
		frame->where = MODEL_FREE;
		frame->put = (struct model_move){
			true, true, lane < m->params.lanes ? lane : LABYRINTH_LANE_ANY, site};
		frame->last = frame->put;
		frame->moves++;
	}
}

void
model_put(struct model *m, uint32_t lane, void *const *pointers, uint32_t n, const void *site)
{
	uint32_t next = 0;
	uint32_t i;

	told_clear();
	labyrinth_put_from(m->lab, pointers, n, lane, site);
	for (i = 0; i < n; i++) {
		struct model_frame *frame = model_find(m, pointers[i]);

		if (frame != NULL)
			put_frame(m, frame, lane, &next, header_seen(m, frame, i, n, next), site);
		else
			next_told(m, &next, lane, pointers[i], pointer_kind(m, pointers[i]));
	}
	FUZZ_EXPECT(next == told.count, "put: %u violations told, %u were made", told.count, next);
	m->violations += told.count;
}

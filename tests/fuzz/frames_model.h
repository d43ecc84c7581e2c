/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FRAMES_MODEL_H
#define FRAMES_MODEL_H

/*
 * A labyrinth of frames and what should be true of it: where every frame is, what
 * has been done to it, and how often what happened.
 */

#include "fuzz.h"
#include "labyrinth.h"
#include "labyrinth_violation.h"

#define MODEL_FRAMES 700
#define MODEL_LANES  40

enum model_where {
	MODEL_ABSENT, /* not added yet */
	MODEL_STAGED, /* added, but not open yet */
	MODEL_FREE,
	MODEL_OWNED,
	MODEL_LOST, /* out of circulation */
};

/* Who moved a frame last. */
struct model_move {
	bool known;
	bool put;
	uint32_t lane;
	const void *site;
};

struct model_frame {
	uint8_t *at;
	enum model_where where;
	bool sealed_off; /* its seal says quarantine; it may be in a room all the same */
	bool seal_bad;
	bool body_bad;
	bool canary_bad;
	const uint8_t *body_at; /* the bad byte; in front of the poison the start is blamed */
	size_t body_len;
	const uint8_t *canary_at;
	struct model_move got;
	struct model_move put;
	struct model_move last;
	uint32_t moves;
	uint32_t moves_more; /* so many more, perhaps */
	bool moved_since;    /* it may have been got and put since the moves above */
	bool seen;           /* for whoever must look at each once */
};

struct model {
	struct labyrinth_params params;
	labyrinth_t *lab;
	size_t len;
	struct model_frame frame[MODEL_FRAMES]; /* by address */
	uint32_t order[MODEL_FRAMES];           /* in which they are added */
	uint32_t added;
	uint32_t violations;
	uint32_t quarantined;
	uint64_t failures;
	uint64_t injected;
	uint64_t turns[MODEL_LANES + 1];
	uint64_t failed[MODEL_LANES + 1];
};

/* Are these parameters ones that the header allows? */
bool
model_params_valid(const struct labyrinth_params *params);

/* A labyrinth as the bytes say, its memory declared; false if there is none. */
bool
model_make(struct model *m, struct fuzz_bytes *bytes);

void
model_drop(struct model *m);

static inline bool
model_has(const struct model *m, uint32_t flag)
{
	return (m->params.flags & flag) != 0;
}

/* May rules be broken? */
static inline bool
model_misuse(const struct model *m)
{
	return model_has(m, LABYRINTH_F_SEAL) && model_has(m, LABYRINTH_F_REPORT);
}

/* Is packet memory looked at whenever a frame moves? */
static inline bool
model_strict(const struct model *m)
{
	return model_has(m, LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE |
	                            LABYRINTH_F_TRACE);
}

/* The frame that was added there, or NULL. */
struct model_frame *
model_find(struct model *m, const void *at);

/* The first frame in that place, from number `from` on, or NULL. */
struct model_frame *
model_pick(struct model *m, uint32_t from, enum model_where where);

/* Add up to n more frames, and open them. */
void
model_add(struct model *m, uint32_t n);

/* Get n frames and see that it was right. */
void
model_get(struct model *m, uint32_t lane, uint32_t n, const void *site);

/* Put pointers, of whatever kind, and see that each was dealt with as it should. */
void
model_put(struct model *m, uint32_t lane, void *const *pointers, uint32_t n, const void *site);

/* Counts and statistics. */
void
model_check_counts(struct model *m);

/* Every frame is there once; a frame's latest move is known. */
void
model_check_frames(struct model *m);

void
model_check_moves(struct model *m, struct model_frame *frame);

#endif /* FRAMES_MODEL_H */

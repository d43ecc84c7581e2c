/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Making a labyrinth of frames out of bytes. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "frames_model.h"
#include "path.h"

/* Pieces that are taken in any case. */
#define PIECES_MANY 64
#define STRICT \
	(LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE | LABYRINTH_F_TRACE)
#define ALL_FLAGS                                                                           \
	(LABYRINTH_F_SEAL | STRICT | LABYRINTH_F_REPORT | LABYRINTH_F_PAGES |               \
	 LABYRINTH_F_OOM_PANIC | LABYRINTH_F_FAIL | LABYRINTH_F_SAMPLE | LABYRINTH_F_MARK | \
	 LABYRINTH_F_FIFO_REUSE)
/* What is of use to checked frames alone. */
#define SEALED (STRICT | LABYRINTH_F_SAMPLE)

static bool
space_valid(uint32_t space)
{
	return space == 0 || space == 16 || space == 32 || space == 64;
}

static bool
memory_valid(const struct labyrinth_params *params)
{
	uint32_t memory = params->memory != 0 ? params->memory : params->slots;

	return params->slots <= LABYRINTH_SLOTS_MAX && memory <= LABYRINTH_SLOTS_MAX &&
	       params->memory_most <= 2 * LABYRINTH_SLOTS_MAX &&
	       (params->memory_most == 0 || params->memory_most >= memory);
}

bool
model_params_valid(const struct labyrinth_params *params)
{
	uint32_t flags = params->flags;

	if (params->frames < 1 || params->frames > LABYRINTH_FRAMES_MAX ||
	    params->lanes > LABYRINTH_LANES_MAX || (flags & ~ALL_FLAGS) != 0)
		return false;
	if (!memory_valid(params) || !space_valid(params->word_space))
		return false;
	if ((flags & SEALED) != 0 && (flags & LABYRINTH_F_SEAL) == 0)
		return false;
	if ((flags & LABYRINTH_F_FIFO_REUSE) != 0 &&
	    (flags & (LABYRINTH_F_RANDOM_REUSE | LABYRINTH_F_PAGES)) != 0)
		return false;
	if ((flags & LABYRINTH_F_PAGES) != 0)
		return (flags & (LABYRINTH_F_SEAL | LABYRINTH_F_MARK | LABYRINTH_F_FAIL)) == 0 &&
		       params->slots > 0;
	if ((flags & LABYRINTH_F_SAMPLE) != 0 &&
	    ((flags & LABYRINTH_F_POISON) != 0 || params->sample < LABYRINTH_SAMPLE_LEAST ||
	     params->sample > LABYRINTH_SAMPLE_MAX))
		return false;
	if ((flags & LABYRINTH_F_TRACE) != 0 &&
	    (params->trace < 1 || params->trace > LABYRINTH_TRACE_MAX))
		return false;
	if ((flags & LABYRINTH_F_FAIL) != 0 &&
	    (params->fail < 1 || params->fail > LABYRINTH_FAIL_MAX))
		return false;
	if ((flags & (LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_SAMPLE)) == 0)
		return true;
	return params->frame_len % 8 == 0 && params->keep_len % 8 == 0 &&
	       params->poison_len % 8 == 0 && params->frame_len >= 8 &&
	       params->keep_len <= params->frame_len;
}

/* Anything at all: taken or refused, as the header says. */
static void
params_wild(struct fuzz_bytes *bytes)
{
	struct labyrinth_params params = {
		.frames = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 17,
		.lanes = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 17,
		.busy_lanes = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 17,
		.slots = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 17,
		.flags = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 4,
		.frame_len = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 17,
		.keep_len = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 17,
		.trace = fuzz_byte(bytes),
		.poison_len = fuzz_word(bytes),
		.fail = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 17,
		.memory = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 17,
		.memory_most = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 17,
	};
	static const uint8_t seed[LABYRINTH_SEED_LEN];
	static _Alignas(128) uint8_t little[128];
	uint32_t space = fuzz_byte(bytes);
	bool valid;

	params.word_space = space < 192 ? (space % 5 == 0 ? 0 : 4u << space % 5) : space - 192;
	params.sample = (uint32_t)fuzz_word(bytes) << fuzz_byte(bytes) % 8;
	valid = model_params_valid(&params);
	FUZZ_EXPECT((labyrinth_footprint(&params) > 0) == valid,
	            "parameters: footprint %zu, but %s", labyrinth_footprint(&params),
	            valid ? "valid" : "not valid");
	FUZZ_EXPECT(labyrinth_init((labyrinth_t *)little, sizeof(little), &params, seed) ==
	                    (valid ? -ENOSPC : -EINVAL),
	            "parameters: wrong result of init in too little memory");
	FUZZ_EXPECT(labyrinth_init((labyrinth_t *)(little + 8), SIZE_MAX, &params, seed) == -EINVAL,
	            "parameters: init in misaligned memory");
}

static void
params_tame(struct labyrinth_params *params, struct fuzz_bytes *bytes)
{
	static const uint32_t flag_of[8] = {
		LABYRINTH_F_SEAL,   LABYRINTH_F_CANARY,
		LABYRINTH_F_POISON, LABYRINTH_F_RANDOM_REUSE,
		LABYRINTH_F_REPORT, LABYRINTH_F_TRACE,
		LABYRINTH_F_FAIL,   LABYRINTH_F_SEAL | LABYRINTH_F_REPORT};
	static const uint32_t memory_of[8] = {0, 0, 0, 0, 1, 2, 4, ARENA_SLOTS};
	static const uint32_t space_of[5] = {0, 16, 16, 32, 64};
	static const uint32_t lane_frames_of[4] = {0, 0, 256, 512};
	uint8_t chosen = fuzz_byte(bytes);
	uint8_t busy = fuzz_byte(bytes);
	uint32_t i;

	*params = (struct labyrinth_params){
		.frames = 1 + fuzz_word(bytes) % MODEL_FRAMES,
		.lanes = fuzz_byte(bytes) % (MODEL_LANES + 1),
		.busy_lanes = busy % 64,
		.slots = fuzz_byte(bytes) % (ARENA_SLOTS + 1),
		.frame_len = 8 + fuzz_byte(bytes) % 32 * 8u,
		.poison_len = fuzz_byte(bytes) % 33 * 8u,
		.trace = 1 + fuzz_byte(bytes) % LABYRINTH_TRACE_MAX,
		.fail = 1 + fuzz_byte(bytes) % 16u,
		.memory = memory_of[fuzz_byte(bytes) % 8],
		.word_space = space_of[fuzz_byte(bytes) % 5],
		.lane_frames = lane_frames_of[fuzz_byte(bytes) % 4],
	};
	if (fuzz_byte(bytes) % 4 == 0)
		params->memory_most = params->memory != 0 ? params->memory : params->slots;
	/* What a lane keeps others cannot get: then all is done from one. */
	if (params->lane_frames != 0)
		params->lanes = 1;
	params->keep_len = fuzz_byte(bytes) * 8u % (params->frame_len + 8);
	for (i = 0; i < 8; i++)
		params->flags |= (chosen >> i & 1) != 0 ? flag_of[i] : 0;
	params->flags |= (busy & 64) != 0 ? LABYRINTH_F_MARK : 0;
	params->flags |= (busy & 128) != 0 ? LABYRINTH_F_SAMPLE : 0;
	params->sample = LABYRINTH_SAMPLE_LEAST + busy % 16;
	if ((params->flags & LABYRINTH_F_RANDOM_REUSE) == 0 && busy % 64 >= 48)
		params->flags |= LABYRINTH_F_FIFO_REUSE;
	if ((params->flags & LABYRINTH_F_POISON) != 0)
		params->flags &= ~LABYRINTH_F_SAMPLE;
	if ((params->flags & LABYRINTH_F_SEAL) == 0)
		params->flags &= ~(uint32_t)SEALED;
}

static size_t
stride_of(const struct model *m)
{
	return (LABYRINTH_HEADER_LEN + m->params.frame_len + LABYRINTH_CANARY_LEN + 63) / 64 * 64;
}

/* Frames in one piece of memory, at most `most` of them; what it held is wiped. */
static size_t
piece_fill(struct model *m, uint32_t *placed, uint8_t *at, size_t len, uint32_t most)
{
	size_t stride = stride_of(m);
	size_t used = 0;

	for (; most > 0 && *placed < m->params.frames && used + stride <= len; most--) {
		m->frame[(*placed)++].at = at + used + LABYRINTH_HEADER_LEN;
		used += stride;
	}
	memset(at, 0, used);
	return used;
}

/* Slots of memory that may be declared in any case. */
static uint32_t
memory_most(const struct model *m)
{
	return m->params.memory != 0 ? m->params.memory : m->params.slots;
}

/*
 * A piece may be refused if there are many, or if more slots have a piece than there is
 * to be memory. `slots` is the number of those, this piece's included.
 */
static bool
cover(struct model *m, uint8_t *at, size_t len, uint32_t pieces, uint32_t slots)
{
	int ret;

	if (len == 0)
		return true;
	ret = labyrinth_cover(m->lab, at, len);
	FUZZ_EXPECT(ret == 0 ||
	                    (ret == -ENOSPC && (pieces > PIECES_MANY || slots > memory_most(m))),
	            "cover: piece %u, in slot %u of %u: %d", pieces, slots, memory_most(m), ret);
	return ret == 0;
}

static bool
stripes_fill(struct model *m, uint32_t *placed, uint32_t each, uint32_t slots)
{
	const uint32_t slot_stripes = LABYRINTH_SLOT_SIZE / (2 * ARENA_STRIPE);
	uint32_t i;

	for (i = 0; i < ARENA_STRIPES && *placed < m->params.frames; i++) {
		size_t len = piece_fill(m, placed, arena_stripe(i), ARENA_STRIPE, each);

		if (!cover(m, arena_stripe(i), len, i + 1, slots + i / slot_stripes + 1))
			return false;
	}
	return true;
}

/* Pieces so far apart that they are found by a search, in what may be the window's slots. */
static bool
apart_fill(struct model *m, uint32_t *placed, uint32_t each)
{
	uint32_t i;

	for (i = 0; i < 3; i++) {
		uint8_t *at = arena_slot(arena_open[i]);
		size_t len =
			piece_fill(m, placed, at, LABYRINTH_SLOT_SIZE, i < 2 ? each : MODEL_FRAMES);

		if (!cover(m, at, len, i + 1, i + 1))
			return false;
	}
	return true;
}

static bool
window_fill(struct model *m, uint32_t *placed, uint32_t each)
{
	int ret = labyrinth_window(m->lab, arena_entrance(), ARENA_SLOTS);
	uint32_t i;

	FUZZ_EXPECT(ret == (m->params.slots >= ARENA_SLOTS ? 0 : -EINVAL), "window: returned %d",
	            ret);
	FUZZ_EXPECT(labyrinth_window(m->lab, arena_entrance() + 64, 1) == -EINVAL,
	            "window: a misaligned one was taken");
	if (ret != 0)
		return false;
	for (i = 0; i < 3; i++) {
		ret = labyrinth_window_open(m->lab, arena_open[i]);
		FUZZ_EXPECT(ret == 0 || (ret == -ENOSPC && i >= memory_most(m)),
		            "window: slot %u: %d", arena_open[i], ret);
		if (ret != 0)
			return false;
		piece_fill(m, placed, arena_slot(arena_open[i]), LABYRINTH_SLOT_SIZE, each);
	}
	FUZZ_EXPECT(labyrinth_window_open(m->lab, ARENA_SLOTS) == -EINVAL,
	            "window: a slot behind it was taken");
	return true;
}

/* Declare memory and choose the places of all frames. */
static bool
places_choose(struct model *m, struct fuzz_bytes *bytes)
{
	uint32_t kind = fuzz_byte(bytes) % 5;
	uint32_t each = 1 + fuzz_byte(bytes);
	uint32_t placed = 0;
	uint8_t *whole = arena_slot(arena_open[0]);

	FUZZ_EXPECT(labyrinth_cover(m->lab, whole, 0) == -EINVAL &&
	                    labyrinth_cover(m->lab, whole, SIZE_MAX) == -EINVAL,
	            "cover: a bad range was taken");
	if (kind == 0 &&
	    !cover(m, whole, piece_fill(m, &placed, whole, LABYRINTH_SLOT_SIZE, MODEL_FRAMES), 1,
	           1))
		return false;
	if ((kind == 1 || kind == 2) && !window_fill(m, &placed, each))
		return false;
	if ((kind == 2 || kind == 3) && !stripes_fill(m, &placed, each, kind == 2 ? 3 : 0))
		return false;
	if (kind == 4 && !apart_fill(m, &placed, each))
		return false;
	return placed == m->params.frames;
}

/* One of the forms of the data path that this processor can use. */
static void
path_choose(uint32_t n)
{
	uint32_t forms = 1;

	while (lab_path_nth(forms) != NULL)
		forms++;
	lab_path_use(lab_path_nth(n % forms));
}

bool
model_make(struct model *m, struct fuzz_bytes *bytes)
{
	uint8_t seed[LABYRINTH_SEED_LEN] = {0};
	uint32_t step;
	uint32_t i;

	params_wild(bytes);
	path_choose(fuzz_byte(bytes));
	memset(m, 0, sizeof(*m));
	params_tame(&m->params, bytes);
	seed[0] = fuzz_byte(bytes);
	m->len = labyrinth_footprint(&m->params);
	m->lab = m->len == 0 ? NULL : aligned_alloc(128, m->len);
	FUZZ_EXPECT(m->lab != NULL, "make: good parameters refused");
	FUZZ_EXPECT(labyrinth_init(m->lab, m->len - 1, &m->params, seed) == -ENOSPC,
	            "make: too little memory taken");
	FUZZ_EXPECT(labyrinth_init(m->lab, m->len, &m->params, seed) == 0, "make: init failed");
	if (!places_choose(m, bytes)) {
		model_drop(m);
		return false;
	}
	/* Any step that shares no factor with their number visits all. */
	step = fuzz_byte(bytes) % 2 == 0 ? 1 : 701;
	for (i = 0; i < m->params.frames; i++)
		m->order[i] = (uint32_t)((uint64_t)i * step % m->params.frames);
	return true;
}

void
model_drop(struct model *m)
{
	free(m->lab);
	m->lab = NULL;
}

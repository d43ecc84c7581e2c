/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Sequences of calls of the library: frames, with all rules kept or, in a
 * labyrinth that reports, broken; and raw pages (pages_run.c).
 */

#include <string.h>

#include "arena.h"
#include "end_word.h"
#include "frames_model.h"
#include "pages_run.h"
#include "told.h"

#define PUT_MOST 48

static struct model m;
static _Alignas(64) uint8_t elsewhere[1024];

static uint32_t
lane_read(struct fuzz_bytes *bytes)
{
	uint32_t lane = fuzz_byte(bytes) % (MODEL_LANES + 4);

	if (m.params.lane_frames != 0)
		return 0;
	return lane >= MODEL_LANES ? LABYRINTH_LANE_ANY - (lane - MODEL_LANES) : lane;
}

static const void *
site_read(struct fuzz_bytes *bytes)
{
	return (const void *)(uintptr_t)(0x1000 + fuzz_byte(bytes) * 16);
}

/* Mostly few, sometimes more than there are. */
static uint32_t
number_read(struct fuzz_bytes *bytes)
{
	uint32_t n = fuzz_byte(bytes);

	return n < 192 ? n % 34 : n * 3 % (MODEL_FRAMES + 16);
}

static void
do_get(struct fuzz_bytes *bytes)
{
	uint32_t lane = lane_read(bytes);
	uint32_t n = number_read(bytes);

	model_get(&m, lane, n, site_read(bytes));
}

/* Put n frames that are owned, from some place on. */
static void
do_put(struct fuzz_bytes *bytes)
{
	static void *frames[MODEL_FRAMES];
	uint32_t lane = lane_read(bytes);
	uint32_t most = number_read(bytes);
	uint32_t from = fuzz_word(bytes);
	uint32_t n = 0;
	uint32_t i;

	for (i = 0; i < m.params.frames && n < most; i++) {
		struct model_frame *frame = &m.frame[(from + i) % m.params.frames];

		/* Without a handler that goes on, only what is right. */
		if (frame->where == MODEL_OWNED &&
		    (model_misuse(&m) || !(frame->seal_bad || frame->canary_bad)))
			frames[n++] = frame->at;
	}
	model_put(&m, lane, frames, n, site_read(bytes));
}

/* A pointer that should not be put, most likely. */
static void *
bad_pointer(struct fuzz_bytes *bytes)
{
	struct model_frame *frame = &m.frame[fuzz_word(bytes) % m.params.frames];
	uint32_t more = fuzz_byte(bytes);

	switch (fuzz_byte(bytes) % 12) {
	case 0:
		return NULL;
	case 1:
		return elsewhere + 64 + more % 8 * 64;
	case 2:
		return elsewhere + 64 + more;
	case 3: /* a wall */
		return arena_slot(2) + more * 64;
	case 4:
		return (void *)(uintptr_t)(0xdeadbeefdead0000ull + more * 64);
	case 5: /* inside */
		return frame->at + more % m.params.frame_len;
	case 6: /* its header */
		return frame->at - 1 - more % 64;
	case 7: /* behind it */
		return frame->at + m.params.frame_len + more % 16;
	case 8:
		return arena_slot(1) + more * 4096 + more;
	case 9: /* a hole */
		return arena_stripe(more % ARENA_STRIPES) + ARENA_STRIPE + 64;
	case 10:
		return (void *)(UINTPTR_MAX - more);
	default:
		return frame->at;
	}
}

/* Put some frames, whatever is the matter with them, and pointers that are none. */
static void
do_misuse(struct fuzz_bytes *bytes)
{
	void *pointers[PUT_MOST];
	uint32_t lane = lane_read(bytes);
	uint32_t n = fuzz_byte(bytes) % PUT_MOST;
	uint32_t i;

	if (!model_misuse(&m))
		return;
	for (i = 0; i < n; i++) {
		uint32_t what = fuzz_byte(bytes);
		struct model_frame *frame = NULL;

		if (what < 64)
			frame = model_pick(&m, what * 8, MODEL_OWNED);
		else if (what < 96)
			frame = model_pick(&m, what * 8, MODEL_FREE);
		else if (what < 112)
			frame = model_pick(&m, what * 8, MODEL_LOST);
		pointers[i] = frame != NULL ? frame->at : bad_pointer(bytes);
		if (i > 0 && what > 240)
			pointers[i] = pointers[what % i];
	}
	model_put(&m, lane, pointers, n, site_read(bytes));
}

/* Bytes of a frame that are watched while it is free. */
static size_t
watched(void)
{
	size_t rest = (m.params.frame_len - m.params.keep_len) & ~(size_t)7;

	if (m.params.poison_len != 0 && m.params.poison_len < rest)
		rest = m.params.poison_len;
	return m.params.keep_len + rest;
}

/* If not all frames are looked at, a few are, and the model does not know which. */
static bool
found_by_chance(bool all)
{
	return model_has(&m, LABYRINTH_F_SAMPLE) && !all;
}

/* Write into a frame: its owner may, but nobody while it is free. */
static void
write_body(struct model_frame *frame, uint32_t where)
{
	size_t at = where % m.params.frame_len;

	/* If it may have been moved since, it cannot be told whether its content matters. */
	if (frame->where == MODEL_FREE && (frame->body_bad || frame->moved_since))
		return;
	if (frame->where == MODEL_FREE && model_has(&m, LABYRINTH_F_POISON) && !model_misuse(&m))
		return;
	if (frame->where == MODEL_FREE && model_has(&m, LABYRINTH_F_SAMPLE))
		return;
	frame->at[at] ^= 0x40;
	if (frame->where != MODEL_FREE || at >= watched())
		return;
	frame->body_bad = true;
	/* Only a digest is kept of what is not poisoned. */
	frame->body_at = at < m.params.keep_len ? frame->at : frame->at + at;
	frame->body_len = at < m.params.keep_len ? m.params.keep_len : 1;
}

static void
write_canary(struct model_frame *frame, uint32_t where)
{
	if (frame->canary_bad || frame->where == MODEL_LOST ||
	    found_by_chance(model_has(&m, LABYRINTH_F_CANARY)))
		return;
	/* Where memory is in so many pieces that the ends of some are not known. */
	if (!lab_has_end(m.lab, (uintptr_t)frame->at))
		return;
	frame->canary_bad = true;
	frame->canary_at = frame->at + m.params.frame_len + where % LABYRINTH_CANARY_LEN;
	frame->at[m.params.frame_len + where % LABYRINTH_CANARY_LEN] ^= 0x81;
}

static void
write_seal(struct model_frame *frame, uint32_t where)
{
	if (frame->seal_bad || frame->where == MODEL_LOST || found_by_chance(model_strict(&m)))
		return;
	frame->seal_bad = true;
	/* The low half may be that of another room: not what an overflow leaves. */
	frame->at[-LABYRINTH_HEADER_LEN + 4 + (int)(where % 4)] ^= 0x24;
}

static void
do_write(struct fuzz_bytes *bytes)
{
	enum model_where where = fuzz_byte(bytes) % 2 == 0 ? MODEL_OWNED : MODEL_FREE;
	struct model_frame *frame = model_pick(&m, fuzz_word(bytes), where);
	uint32_t what = fuzz_byte(bytes);
	uint32_t at = fuzz_byte(bytes);

	if (frame == NULL)
		return;
	/* What is DPDK's in the header is nobody's business. */
	if (what < 32)
		frame->at[-1 - (int)(at % LABYRINTH_HEADER_CALLER_LEN)] ^= 1;
	else if (what < 160 || !model_misuse(&m))
		write_body(frame, at);
	else if (what < 208)
		write_canary(frame, at);
	else
		write_seal(frame, at);
}

/* Frames and pages are worlds apart. */
static void
do_page(void)
{
	void *page = LABYRINTH_ALLOC_PAGE(m.lab);

	FUZZ_EXPECT(page == NULL, "pages: one was found among frames");
	labyrinth_free_page(m.lab, NULL);
	if (!model_has(&m, LABYRINTH_F_REPORT))
		return;
	told_clear();
	labyrinth_free_page(m.lab, m.frame[0].at);
	FUZZ_EXPECT(told.count == 1 && told.list[0].kind == LABYRINTH_FOREIGN,
	            "pages: a frame was freed as one");
	m.violations++;
}

static void
do_one(struct fuzz_bytes *bytes)
{
	struct model_frame *frame;
	uint8_t what = fuzz_byte(bytes);

	if (what < 80) {
		do_get(bytes);
	} else if (what < 144) {
		do_put(bytes);
	} else if (what < 184) {
		do_misuse(bytes);
	} else if (what < 224) {
		do_write(bytes);
	} else if (what < 232) {
		model_add(&m, fuzz_byte(bytes) * 3u);
	} else if (what < 240) {
		frame = model_pick(&m, fuzz_word(bytes), MODEL_OWNED);
		if (frame != NULL)
			model_check_moves(&m, frame);
	} else if (what < 248) {
		model_check_counts(&m);
	} else if (what < 252) {
		model_check_frames(&m);
	} else {
		do_page();
	}
}

/* At the end everything that is good must be there, once, for any lane. */
static void
drain(void)
{
	uint32_t i;
	uint32_t n = 0;

	for (i = 0; i < m.params.frames; i++)
		n += m.frame[i].where == MODEL_FREE;
	model_get(&m, 0, n, NULL);
	model_get(&m, m.params.lane_frames != 0 ? 0 : LABYRINTH_LANE_ANY, 1, NULL);
	model_check_counts(&m);
	model_check_frames(&m);
}

static void
frames_run(struct fuzz_bytes *bytes)
{
	uint64_t operations = 0;

	if (!model_make(&m, bytes))
		return;
	model_add(&m, fuzz_byte(bytes) < 192 ? MODEL_FRAMES : fuzz_byte(bytes));
	while (bytes->left > 0) {
		do_one(bytes);
		operations++;
	}
	model_check_counts(&m);
	drain();
	fuzz_count("operations on frames", operations);
	fuzz_count("violations", m.violations);
	model_drop(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_bytes bytes = {data, len < FUZZ_INPUT_MAX ? len : FUZZ_INPUT_MAX};

	/* In this order they are printed. */
	fuzz_count("inputs", 1);
	fuzz_count("operations on frames", 0);
	fuzz_count("operations on pages", 0);
	fuzz_count("violations", 0);
	if (fuzz_byte(&bytes) % 8 == 0)
		pages_run(&bytes);
	else
		frames_run(&bytes);
	return 0;
}

size_t
fuzz_generate(uint8_t *data, size_t most, fuzz_random_fn *draw)
{
	size_t len = draw() % (most + 1);
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = (uint8_t)draw();
	return len;
}

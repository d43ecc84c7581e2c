/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>
#include <string.h>

#include "seal.h"
#include "unit_misuse.h"

#define LANE UNIT_MISUSE_LANE

/* The seal is the first word of the header. */
static uint64_t *
seal_of(void *frame)
{
	return (uint64_t *)((uint8_t *)frame - LABYRINTH_HEADER_LEN);
}

static uint8_t *
get_one(struct unit_lab *u)
{
	void *frame = NULL;

	if (labyrinth_get(u->lab, LANE, &frame, 1) != 0)
		abort();
	return frame;
}

static void
put_one(struct unit_lab *u, void *frame)
{
	labyrinth_put(u->lab, LANE, &frame, 1);
}

/* Guard looks at the header of the first of several that are put. */
static void
put_looked_at(struct unit_lab *u, void *frame)
{
	void *frames[2] = {frame, get_one(u)};

	labyrinth_put(u->lab, LANE, frames, 2);
}

static void
double_free(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	put_one(u, frame);
	put_one(u, frame);
}

static void
double_free_other_lane(struct unit_lab *u)
{
	void *frame = get_one(u);

	labyrinth_put(u->lab, LANE + 1, &frame, 1);
	labyrinth_put(u->lab, LABYRINTH_LANE_ANY, &frame, 1);
}

static void
double_free_in_bulk(struct unit_lab *u)
{
	void *frames[41];

	if (labyrinth_get(u->lab, LANE, frames, 40) != 0)
		abort();
	frames[40] = frames[7];
	labyrinth_put(u->lab, LANE, frames, 41);
}

static void
never_allocated(struct unit_lab *u)
{
	put_one(u, unit_frame(u, 5));
}

static void
foreign_null(struct unit_lab *u)
{
	put_one(u, NULL);
}

static void
foreign_stack(struct unit_lab *u)
{
	_Alignas(64) uint8_t memory[512] = {0};

	put_one(u, memory + 64);
}

static void
foreign_heap(struct unit_lab *u)
{
	uint8_t *memory = aligned_alloc(64, 4096);

	put_one(u, memory + 64);
	free(memory);
}

/* Owned there: its seal is another labyrinth's. */
static void
foreign_labyrinth(struct unit_lab *u)
{
	struct labyrinth_params params = unit_params(100, LABYRINTH_F_SEAL);
	struct unit_lab other;

	if (!unit_make(&other, &params, 77))
		abort();
	put_one(u, get_one(&other));
	unit_drop(&other);
}

static void
foreign_unmapped(struct unit_lab *u)
{
	put_one(u, u->memory + u->memory_len + LABYRINTH_HEADER_LEN);
}

static void
foreign_noncanonical(struct unit_lab *u)
{
	put_one(u, (void *)(uintptr_t)0xdeadbeefdeadbec0ull);
}

/* Memory that is covered, behind the last frame. */
static void
foreign_slack(struct unit_lab *u)
{
	put_one(u, u->memory + u->memory_len - 1024);
}

static void
interior_line(struct unit_lab *u)
{
	put_one(u, get_one(u) + 64);
}

static void
interior_word(struct unit_lab *u)
{
	put_one(u, get_one(u) + 128 + 8);
}

static void
misaligned(struct unit_lab *u)
{
	put_one(u, get_one(u) + 1);
}

static void
interior_header(struct unit_lab *u)
{
	put_one(u, get_one(u) - LABYRINTH_HEADER_LEN);
}

/* A header and its seal copied into another frame's middle. */
static void
interior_forged(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	memcpy(frame + 64, frame - LABYRINTH_HEADER_LEN, LABYRINTH_HEADER_LEN);
	put_one(u, frame + 128);
}

static void
header_while_owned(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	memset(frame - LABYRINTH_HEADER_LEN, 0x41, LABYRINTH_HEADER_LEN);
	put_looked_at(u, frame);
}

static void
header_zeroed(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	memset(frame - LABYRINTH_HEADER_LEN, 0, LABYRINTH_HEADER_LEN);
	put_looked_at(u, frame);
}

static void
header_one_bit(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	*seal_of(frame) ^= 1ull << 63;
	put_looked_at(u, frame);
}

/* An owned seal of one frame is none of another's. */
static void
header_of_neighbour(struct unit_lab *u)
{
	uint8_t *a = get_one(u);
	uint8_t *b = get_one(u);

	*seal_of(a) = *seal_of(b);
	put_looked_at(u, a);
}

static void
header_while_free(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	put_one(u, frame);
	*seal_of(frame) ^= 1;
	/* Strict finds it here and gets another frame; guard finds it when this one comes back. */
	put_looked_at(u, get_one(u));
}

static void
header_while_free_in_bulk(struct unit_lab *u)
{
	void *frames[100];
	void *again[100];

	if (labyrinth_get(u->lab, LANE, frames, 100) != 0)
		abort();
	labyrinth_put(u->lab, LANE, frames, 100);
	/* One header is looked at: that of the frame that is put first. */
	*seal_of(frames[0]) = 0;
	if (labyrinth_get(u->lab, LANE, again, 100) != 0)
		abort();
	labyrinth_put(u->lab, LANE, again, 100);
}

/* A frame whose bytes run on until the first byte of the next one's header. */
static void
overflow_into_next(struct unit_lab *u)
{
	void *owned[2] = {NULL, NULL};
	size_t i;

	while (owned[0] != unit_frame(u, 9) || owned[1] == NULL) {
		uint8_t *frame = get_one(u);

		if (frame == unit_frame(u, 9))
			owned[0] = frame;
		if (frame == unit_frame(u, 10))
			owned[1] = frame;
		u->got[unit_index(u, frame)] = frame;
	}
	for (i = 0; i <= u->stride - LABYRINTH_HEADER_LEN; i++)
		((uint8_t *)owned[0])[i] ^= 0xff;
	put_looked_at(u, owned[1]);
	for (i = 0; i < u->frames; i++) {
		if (u->got[i] != NULL && u->got[i] != owned[1] && u->got[i] != owned[0])
			put_one(u, u->got[i]);
	}
}

/*
 * Two threads put one frame at once: both find it owned. What the second one
 * saw is what its owner word was.
 */
static void
two_free_at_once(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);
	struct lab_word *word = lab_word_of(u->lab, frame);
	uint64_t owned = lab_word_read(word);

	put_one(u, frame);
	lab_word_write(word, owned);
	put_one(u, frame);
	if (get_one(u) != frame || get_one(u) == frame)
		abort();
}

static void
canary_first_byte(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	frame[u->frame_len] ^= 1;
	put_one(u, frame);
}

static void
canary_last_byte(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	frame[u->frame_len + LABYRINTH_CANARY_LEN - 1] ^= 0x80;
	put_one(u, frame);
}

static void
write_after_free(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	put_one(u, frame);
	frame[u->frame_len / 2 + 3] ^= 4;
	get_one(u);
}

static void
write_after_free_last(struct unit_lab *u)
{
	uint8_t *frame = get_one(u);

	put_one(u, frame);
	frame[u->frame_len - 1] ^= 0x80;
	get_one(u);
}

#define GUARD LABYRINTH_F_SEAL
#define MISUSE(fn, kind, flags, lost, kept)                  \
	{                                                    \
#fn, fn, LABYRINTH_##kind, flags, lost, kept \
	}

const struct unit_misuse unit_misuses[] = {
	MISUSE(double_free, DOUBLE_FREE, GUARD, 0, 0),
	MISUSE(double_free_other_lane, DOUBLE_FREE, GUARD, 0, 0),
	MISUSE(double_free_in_bulk, DOUBLE_FREE, GUARD, 0, 0),
	MISUSE(never_allocated, NEVER_ALLOCATED, GUARD, 0, 0),
	MISUSE(foreign_null, FOREIGN, GUARD, 0, 0),
	MISUSE(foreign_stack, FOREIGN, GUARD, 0, 0),
	MISUSE(foreign_heap, FOREIGN, GUARD, 0, 0),
	MISUSE(foreign_labyrinth, FOREIGN, GUARD, 0, 0),
	MISUSE(foreign_unmapped, FOREIGN, GUARD, 0, 0),
	MISUSE(foreign_noncanonical, FOREIGN, GUARD, 0, 0),
	MISUSE(foreign_slack, FOREIGN, GUARD, 0, 0),
	MISUSE(interior_line, INTERIOR, GUARD, 0, 1),
	MISUSE(interior_word, INTERIOR, GUARD, 0, 1),
	MISUSE(misaligned, INTERIOR, GUARD, 0, 1),
	MISUSE(interior_header, INTERIOR, GUARD, 0, 1),
	MISUSE(interior_forged, INTERIOR, GUARD, 0, 1),
	MISUSE(header_while_owned, HEADER, GUARD, 1, 0),
	MISUSE(header_zeroed, HEADER, GUARD, 1, 0),
	MISUSE(header_one_bit, HEADER, GUARD, 1, 0),
	MISUSE(header_of_neighbour, HEADER, GUARD, 1, 1),
	MISUSE(header_while_free, HEADER, GUARD, 1, 0),
	MISUSE(header_while_free_in_bulk, HEADER, GUARD, 1, 0),
	MISUSE(overflow_into_next, HEADER, GUARD, 1, 1),
	MISUSE(two_free_at_once, DOUBLE_ALLOC, GUARD, 0, 2),
	MISUSE(canary_first_byte, CANARY, UNIT_STRICT, 1, 0),
	MISUSE(canary_last_byte, CANARY, UNIT_STRICT, 1, 0),
	MISUSE(write_after_free, WRITE_AFTER_FREE, UNIT_STRICT, 1, 1),
	MISUSE(write_after_free_last, WRITE_AFTER_FREE, UNIT_STRICT, 1, 1),
};

const size_t unit_misuses_len = UNIT_ARRAY_LEN(unit_misuses);

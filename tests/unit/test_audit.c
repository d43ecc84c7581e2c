/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The audit: every overflow is found, from one byte on, with the frame that
 * overflowed; what was written in front of a frame is told apart; addresses are
 * put in their place.
 */

#include <stdlib.h>
#include <string.h>

#include "labyrinth_audit.h"
#include "unit.h"

#define FRAMES 700u
#define KEPT   16u

struct seen {
	struct labyrinth_finding finding[KEPT];
	uint32_t n;
	uint32_t stop_after;
};

static bool
note(const labyrinth_t *lab, const struct labyrinth_finding *finding, void *arg)
{
	struct seen *seen = arg;

	CU_ASSERT_PTR_NOT_NULL(lab);
	if (seen->n < KEPT)
		seen->finding[seen->n] = *finding;
	seen->n++;
	return seen->n != seen->stop_after;
}

/* Frames that touch: the end of one is where the header of the next begins. */
static bool
make_packed(struct unit_lab *u, uint32_t flags)
{
	struct labyrinth_params params = unit_params(FRAMES, flags);
	uint32_t i;

	memset(u, 0, sizeof(*u));
	params.frame_len = 256;
	params.slots = 1;
	u->frame_len = 256;
	u->stride = 256 + LABYRINTH_HEADER_LEN;
	u->memory_len = LABYRINTH_SLOT_SIZE;
	u->memory = aligned_alloc(LABYRINTH_SLOT_SIZE, u->memory_len);
	u->len = labyrinth_footprint(&params);
	u->lab = aligned_alloc(128, u->len);
	CU_ASSERT_FATAL(u->memory != NULL && u->lab != NULL);
	CU_ASSERT_EQUAL_FATAL(labyrinth_init(u->lab, u->len, &params, unit_seed(3)), 0);
	CU_ASSERT_EQUAL_FATAL(labyrinth_cover(u->lab, u->memory, u->stride * FRAMES), 0);
	for (i = 0; i < FRAMES; i++)
		CU_ASSERT_EQUAL_FATAL(labyrinth_add(u->lab, unit_frame(u, i)), 0);
	labyrinth_open(u->lab);
	return true;
}

static void
drop_packed(struct unit_lab *u)
{
	free(u->memory);
	free(u->lab);
}

/* Frames with gaps of at least 8 bytes behind them. */
static bool
make(struct unit_lab *u, uint32_t flags, uint32_t frame_len)
{
	struct labyrinth_params params = unit_params(FRAMES, flags);

	params.frame_len = frame_len;
	params.keep_len = 64;
	return unit_make(u, &params, flags + frame_len);
}

static uint32_t
look(const struct unit_lab *u, struct seen *seen)
{
	memset(seen, 0, sizeof(*seen));
	return labyrinth_audit(u->lab, 0, UINT32_MAX, note, seen);
}

static void
flip(const void *at, size_t len)
{
	uint8_t *byte = (uint8_t *)(uintptr_t)at;

	while (len-- > 0)
		*byte++ ^= 0x5a;
}

/* As if all of each frame were damaged. */
static bool
ran_over(const labyrinth_t *lab, uint32_t index, void *arg)
{
	uint32_t *n = arg;

	CU_ASSERT_PTR_NOT_NULL(labyrinth_frame(lab, index));
	if (n != NULL)
		++*n;
	return true;
}

/* As if what lies in it were whole. */
static bool
ended_before(const labyrinth_t *lab, uint32_t index, void *arg)
{
	(void)ran_over(lab, index, arg);
	return false;
}

/* Frames in use, moved about, and still nothing to find. */
static void
test_nothing(void)
{
	static const uint32_t lens[] = {256, 200};
	static const uint32_t flags[] = {LABYRINTH_F_SEAL, LABYRINTH_F_MARK,
	                                 LABYRINTH_F_SEAL | LABYRINTH_F_CANARY |
	                                         LABYRINTH_F_POISON};
	struct unit_lab u;
	struct seen seen;
	uint32_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(lens) * UNIT_ARRAY_LEN(flags); i++) {
		uint32_t got;

		if (!make(&u, flags[i / UNIT_ARRAY_LEN(lens)], lens[i % UNIT_ARRAY_LEN(lens)]))
			return;
		for (got = 0; labyrinth_get(u.lab, 1, &u.got[got], 1) == 0; got++)
			memset(u.got[got], 0, u.frame_len);
		CU_ASSERT_EQUAL(got, FRAMES);
		CU_ASSERT_EQUAL(look(&u, &seen), FRAMES);
		CU_ASSERT_EQUAL(seen.n, 0);
		labyrinth_put(u.lab, 1, u.got, got);
		CU_ASSERT_EQUAL(look(&u, &seen), FRAMES);
		CU_ASSERT_EQUAL(seen.n, 0);
		unit_drop(&u);
	}
}

static void
overflow_adjacent(struct unit_lab *u, uint32_t index, size_t len)
{
	const uint8_t *culprit = unit_frame(u, index);
	struct seen seen;

	flip(culprit + u->frame_len, len);
	CU_ASSERT_EQUAL(look(u, &seen), FRAMES);
	CU_ASSERT_EQUAL_FATAL(seen.n, 1);
	CU_ASSERT_EQUAL(seen.finding[0].kind, LABYRINTH_HEADER);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].culprit, culprit);
	CU_ASSERT_PTR_EQUAL(labyrinth_frame(u->lab, seen.finding[0].culprit_index), culprit);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].victim, unit_frame(u, index + 1));
	CU_ASSERT_TRUE(seen.finding[0].joined);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].at, culprit + u->frame_len);
	CU_ASSERT_EQUAL(seen.finding[0].bad, len < 8 ? len : 8);
	/* Once told and mended it is not told again. */
	labyrinth_audit_mend(u->lab, &seen.finding[0], ran_over, NULL);
	look(u, &seen);
	CU_ASSERT_EQUAL(seen.n, 0);
}

static void
test_overflow_adjacent(void)
{
	struct unit_lab u;
	struct seen seen;
	size_t len;

	if (!make_packed(&u, LABYRINTH_F_SEAL))
		return;
	look(&u, &seen);
	CU_ASSERT_EQUAL(seen.n, 0);
	for (len = 1; len <= 256; len++)
		overflow_adjacent(&u, 1 + (uint32_t)len, len);
	/* Nothing lies behind the last frame of all that would be the pool's. */
	flip((uint8_t *)unit_frame(&u, FRAMES - 1) + 256, 8);
	look(&u, &seen);
	CU_ASSERT_EQUAL(seen.n, 0);
	drop_packed(&u);
}

/* Into the gap alone, and beyond: one overflow is one finding. */
static void
test_overflow_gap(void)
{
	struct unit_lab u;
	struct seen seen;
	const uint8_t *culprit;

	if (!make(&u, LABYRINTH_F_SEAL, 200))
		return;
	culprit = unit_frame(&u, 7);
	flip(culprit + 200, 1);
	look(&u, &seen);
	CU_ASSERT_EQUAL_FATAL(seen.n, 1);
	CU_ASSERT_EQUAL(seen.finding[0].kind, LABYRINTH_CANARY);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].culprit, culprit);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].victim, unit_frame(&u, 8));
	CU_ASSERT_PTR_EQUAL(seen.finding[0].at, culprit + 200);
	CU_ASSERT_EQUAL(seen.finding[0].bad, 1);
	flip(culprit + 201, 40);
	look(&u, &seen);
	CU_ASSERT_EQUAL_FATAL(seen.n, 1);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].culprit, culprit);
	CU_ASSERT_FALSE(seen.finding[0].reached);
	flip(culprit + 241, 70);
	look(&u, &seen);
	CU_ASSERT_EQUAL_FATAL(seen.n, 1);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].culprit, culprit);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].victim, unit_frame(&u, 8));
	CU_ASSERT_TRUE(seen.finding[0].reached);
	labyrinth_audit_mend(u.lab, &seen.finding[0], ran_over, NULL);
	look(&u, &seen);
	CU_ASSERT_EQUAL(seen.n, 0);
	unit_drop(&u);
}

/* Over whole frames: one overflow is one finding, with the frame it came from. */
static void
long_overflow(struct unit_lab *u, size_t len, uint32_t frames)
{
	const uint8_t *culprit = unit_frame(u, 30);
	uint32_t over = 0;
	struct seen seen;

	flip(culprit + u->frame_len, len);
	look(u, &seen);
	CU_ASSERT_EQUAL_FATAL(seen.n, 1);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].culprit, culprit);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].victim, unit_frame(u, 31));
	labyrinth_audit_mend(u->lab, &seen.finding[0], ran_over, &over);
	CU_ASSERT_EQUAL(over, frames);
	look(u, &seen);
	CU_ASSERT_EQUAL(seen.n, 0);
}

static void
test_overflow_far(void)
{
	struct unit_lab u;

	if (!make_packed(&u, LABYRINTH_F_SEAL))
		return;
	long_overflow(&u, 3 * u.stride - 100, 3);
	long_overflow(&u, 2 * u.stride + 8, 3);
	drop_packed(&u);
	if (!make(&u, LABYRINTH_F_SEAL, 200))
		return;
	long_overflow(&u, 3 * u.stride - 20, 3);
	unit_drop(&u);
}

/* Two of neighbours, of which the second was hit by the first: two findings. */
static void
two_overflows(struct unit_lab *u)
{
	const uint8_t *first = unit_frame(u, 50);
	const uint8_t *second = unit_frame(u, 51);
	const void *blamed[2];
	struct seen seen;
	uint32_t i;

	/* Just into the header of the second; it writes beyond its own end, too. */
	flip(first + u->frame_len, (size_t)(second - first) - u->frame_len - 40);
	flip(second + u->frame_len, 8);
	for (i = 0; i < 2; i++) {
		look(u, &seen);
		CU_ASSERT_EQUAL_FATAL(seen.n, 1);
		blamed[i] = seen.finding[0].culprit;
		labyrinth_audit_mend(u->lab, &seen.finding[0], ended_before, NULL);
	}
	CU_ASSERT_PTR_EQUAL(blamed[0], first);
	CU_ASSERT_PTR_EQUAL(blamed[1], second);
	look(u, &seen);
	CU_ASSERT_EQUAL(seen.n, 0);
}

static void
test_two_overflows(void)
{
	struct unit_lab u;

	if (!make_packed(&u, LABYRINTH_F_SEAL))
		return;
	two_overflows(&u);
	drop_packed(&u);
	if (!make(&u, LABYRINTH_F_SEAL, 200))
		return;
	two_overflows(&u);
	unit_drop(&u);
}

/* The gap is whole: so it was not the frame in front that wrote here. */
static void
test_underflow(void)
{
	struct unit_lab u;
	struct seen seen;

	if (!make(&u, LABYRINTH_F_SEAL, 200))
		return;
	flip((uint8_t *)unit_frame(&u, 9) - LABYRINTH_HEADER_LEN + 3, 2);
	look(&u, &seen);
	CU_ASSERT_EQUAL_FATAL(seen.n, 1);
	CU_ASSERT_EQUAL(seen.finding[0].kind, LABYRINTH_HEADER);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].victim, unit_frame(&u, 9));
	CU_ASSERT_FALSE(seen.finding[0].joined);
	CU_ASSERT_EQUAL(seen.finding[0].bad, 2);
	unit_drop(&u);
}

/* Parts of it, and an end on request. */
static void
test_parts(void)
{
	struct unit_lab u;
	struct seen seen = {.stop_after = 2};
	uint32_t i;
	uint32_t n;

	if (!make(&u, LABYRINTH_F_SEAL, 256))
		return;
	for (i = 1; i < 6; i++)
		flip((uint8_t *)unit_frame(&u, 10 * i) - LABYRINTH_HEADER_LEN, 1);
	n = labyrinth_audit(u.lab, 0, UINT32_MAX, note, &seen);
	CU_ASSERT_EQUAL(seen.n, 2);
	CU_ASSERT_TRUE(n < FRAMES);
	memset(&seen, 0, sizeof(seen));
	for (i = 0; (n = labyrinth_audit(u.lab, i, 100, note, &seen)) > 0; i += n)
		CU_ASSERT_EQUAL(n, 100);
	CU_ASSERT_EQUAL(i, FRAMES);
	CU_ASSERT_EQUAL(seen.n, 5);
	CU_ASSERT_EQUAL(labyrinth_audit(u.lab, FRAMES, 1, note, &seen), 0);
	unit_drop(&u);
	/* Nothing is known of frames without a seal. */
	if (!make(&u, 0, 256))
		return;
	CU_ASSERT_EQUAL(look(&u, &seen), 0);
	unit_drop(&u);
}

static void
test_places(void)
{
	struct labyrinth_place place;
	const uint8_t *frame;
	struct unit_lab u;

	if (!make(&u, LABYRINTH_F_SEAL, 200))
		return;
	frame = unit_frame(&u, 20);
	labyrinth_audit_place(u.lab, frame + 199, &place);
	CU_ASSERT_EQUAL(place.part, LABYRINTH_PART_FRAME);
	CU_ASSERT_PTR_EQUAL(place.frame, frame);
	CU_ASSERT_EQUAL(place.offset, 199);
	labyrinth_audit_place(u.lab, frame + 200, &place);
	CU_ASSERT_EQUAL(place.part, LABYRINTH_PART_GAP);
	CU_ASSERT_PTR_EQUAL(place.frame, frame);
	labyrinth_audit_place(u.lab, frame - 1, &place);
	CU_ASSERT_EQUAL(place.part, LABYRINTH_PART_HEADER);
	CU_ASSERT_PTR_EQUAL(place.frame, frame);
	CU_ASSERT_EQUAL(place.offset, -1);
	labyrinth_audit_place(u.lab, frame - LABYRINTH_HEADER_LEN - 1, &place);
	CU_ASSERT_EQUAL(place.part, LABYRINTH_PART_GAP);
	CU_ASSERT_PTR_EQUAL(place.frame, unit_frame(&u, 19));
	labyrinth_audit_place(u.lab, NULL, &place);
	CU_ASSERT_EQUAL(place.part, LABYRINTH_PART_OUTSIDE);
	CU_ASSERT_EQUAL(place.index, LABYRINTH_FRAME_NONE);
	unit_drop(&u);
}

/* Marked, not sealed: overflows are found, but nobody knows who has a frame. */
static void
test_marked(void)
{
	struct labyrinth_finding finding;
	struct unit_lab u;
	struct seen seen;
	uint64_t state;
	void *frame;

	if (!make(&u, LABYRINTH_F_MARK, 256))
		return;
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 1, &frame, 1), 0);
	/* A put looks at nothing. */
	flip((uint8_t *)frame + u.frame_len, 1);
	labyrinth_put(u.lab, 1, &frame, 1);
	CU_ASSERT_EQUAL(look(&u, &seen), FRAMES);
	CU_ASSERT_EQUAL_FATAL(seen.n, 1);
	CU_ASSERT_EQUAL(seen.finding[0].kind, LABYRINTH_CANARY);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].culprit, frame);
	CU_ASSERT_FALSE(labyrinth_audit_owned(u.lab, 0, &state));
	CU_ASSERT_FALSE(labyrinth_audit_content(u.lab, 0, &finding, &state));
	labyrinth_audit_mend(u.lab, &seen.finding[0], ran_over, NULL);
	CU_ASSERT_EQUAL(look(&u, &seen), FRAMES);
	CU_ASSERT_EQUAL(seen.n, 0);
	unit_drop(&u);
}

/*
 * Memory comes in two pieces, one right after the other. The last frame of the first one ends
 * with it: its end word lies in the second one.
 */
static void
check_seam(uint32_t slots, bool gap)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL);
	struct seen seen;
	struct unit_lab u;
	uint8_t *seam;
	uint8_t *at;
	uint32_t i;

	if (!make_packed(&u, LABYRINTH_F_SEAL))
		return;
	params.slots = slots;
	params.memory = 1;
	CU_ASSERT_TRUE_FATAL(labyrinth_footprint(&params) <= u.len);
	CU_ASSERT_EQUAL_FATAL(labyrinth_init(u.lab, u.len, &params, unit_seed(4)), 0);
	seam = u.memory + u.stride * (FRAMES / 2);
	CU_ASSERT_EQUAL_FATAL(labyrinth_cover(u.lab, u.memory, u.stride * (FRAMES / 2)), 0);
	for (i = 0; i < FRAMES / 2; i++)
		CU_ASSERT_EQUAL_FATAL(labyrinth_add(u.lab, unit_frame(&u, i)), 0);
	memset(seam, 0, LABYRINTH_SLOT_SIZE / 2);
	at = seam + (gap ? 2 * LABYRINTH_HEADER_LEN : LABYRINTH_HEADER_LEN);
	CU_ASSERT_EQUAL_FATAL(labyrinth_cover(u.lab, seam, LABYRINTH_SLOT_SIZE / 2), 0);
	CU_ASSERT_EQUAL_FATAL(labyrinth_add(u.lab, at), 0);
	labyrinth_open(u.lab);
	CU_ASSERT_EQUAL(look(&u, &seen), FRAMES / 2 + 1);
	CU_ASSERT_EQUAL(seen.n, 0);
	flip(seam, 1);
	CU_ASSERT_EQUAL(look(&u, &seen), FRAMES / 2 + 1);
	CU_ASSERT_EQUAL_FATAL(seen.n, 1);
	CU_ASSERT_PTR_EQUAL(seen.finding[0].culprit, unit_frame(&u, FRAMES / 2 - 1));
	CU_ASSERT_EQUAL(seen.finding[0].kind, gap ? LABYRINTH_CANARY : LABYRINTH_HEADER);
	drop_packed(&u);
}

static void
test_seam(void)
{
	check_seam(1, true);
	check_seam(1, false);
	/* Where the data path does not look. */
	check_seam(0, true);
	check_seam(0, false);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"nothing is found where nothing is wrong", test_nothing},
		{"overflows into the next header", test_overflow_adjacent},
		{"overflows into a gap", test_overflow_gap},
		{"overflows over whole frames", test_overflow_far},
		{"overflows of neighbours", test_two_overflows},
		{"writes in front of a frame", test_underflow},
		{"parts, and an early end", test_parts},
		{"places of addresses", test_places},
		{"frames that are marked only", test_marked},
		{"memory in pieces", test_seam},
		CU_TEST_INFO_NULL,
	};

	return unit_main("audit", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Watched frames: how many there are, whatever way a program gets and puts, and what is
 * found out of what is done to them.
 */

#include <stdlib.h>
#include <string.h>

#include "labyrinth_audit.h"
#include "labyrinth_inspect.h"
#include "labyrinth_private.h"
#include "roomless.h"
#include "unit.h"
#include "unit_held.h"
#include "word.h"

#define SAMPLE (LABYRINTH_F_SEAL | LABYRINTH_F_SAMPLE)

enum {
	FRAMES = 2000,
	BULK_MOST = 64
};

static struct labyrinth_params
sample_params(uint32_t sample, uint32_t lane_frames)
{
	struct labyrinth_params params = unit_params(FRAMES, SAMPLE | LABYRINTH_F_REPORT);

	params.sample = sample;
	params.lane_frames = lane_frames;
	params.keep_len = 64;
	return params;
}

static bool
is_watched(const struct unit_lab *u, const void *frame)
{
	return lab_word_watched(lab_word_read(lab_word_of(u->lab, frame)));
}

static uint32_t
watched_of(const struct unit_lab *u, void *const *frames, uint32_t n)
{
	uint32_t watched = 0;
	uint32_t i;

	for (i = 0; i < n; i++)
		watched += is_watched(u, frames[i]);
	return watched;
}

/* Get so many bulks, put them back; tells how many of their frames are watched now. */
static uint32_t
round_of(struct unit_lab *u, uint32_t bulks, uint32_t bulk)
{
	uint32_t watched = 0;
	uint32_t i;

	for (i = 0; i < bulks; i++)
		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u->lab, 1, &u->got[i * bulk], bulk), 0);
	memset(u->got[0], 0x33, u->frame_len);
	for (i = 0; i < bulks; i++) {
		labyrinth_put(u->lab, 1, &u->got[i * bulk], bulk);
		watched += watched_of(u, &u->got[i * bulk], bulk);
	}
	return watched;
}

/* Of all frames put, in bulks, one in so many is watched: in turns, and over several rooms. */
static void
check_share(uint32_t sample, uint32_t lane_frames, uint32_t flags, uint32_t bulks, uint32_t bulk)
{
	struct labyrinth_params params = sample_params(sample, lane_frames);
	const uint32_t puts = unit_rounds(1u << 17);
	uint32_t watched = 0;
	uint32_t expected = puts / sample;
	struct unit_lab u;
	uint32_t i;

	params.flags |= flags;
	params.trace = 1;
	if (!unit_make(&u, &params, sample + bulk))
		return;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	for (i = 0; i < puts; i += bulks * bulk)
		watched += round_of(&u, bulks, bulk);
	/* So many calls choose frames, or frames are chosen, that their number is off by less. */
	if (expected / bulk >= 200) {
		CU_ASSERT_TRUE(watched > expected - expected / 4);
		CU_ASSERT_TRUE(watched < expected + expected / 4);
	}
	CU_ASSERT_EQUAL(unit_told, 0);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

static void
check_shares(uint32_t lane_frames, uint32_t flags)
{
	const uint32_t samples[] = {2, 5, 32, 100, 1000};
	const uint32_t bulks[] = {1, 3, 32, BULK_MOST};
	uint32_t i;
	uint32_t j;

	for (i = 0; i < UNIT_ARRAY_LEN(samples); i++) {
		for (j = 0; j < UNIT_ARRAY_LEN(bulks); j++) {
			check_share(samples[i], lane_frames, flags, 1, bulks[j]);
			check_share(samples[i], lane_frames, flags, 1024 / bulks[j], bulks[j]);
		}
	}
}

static void
test_share_kept(void)
{
	check_shares(384, 0);
}

static void
test_share_shared(void)
{
	check_shares(0, 0);
}

static void
test_share_slow(void)
{
	check_shares(384, LABYRINTH_F_TRACE);
	check_shares(0, LABYRINTH_F_TRACE);
}

/* Get all, put all: about half of them are watched, and told which. */
static void
all_put(struct unit_lab *u)
{
	uint32_t i;

	/* The first call of a lane chooses, and its bulk is the whole pool: then by ones. */
	CU_ASSERT_TRUE(unit_all_once(u, 0));
	for (i = 0; i < FRAMES; i++)
		labyrinth_put(u->lab, 0, &u->got[i], 1);
}

/* What is written to free frames is found at a get if they are watched, else not. */
static void
test_written(void)
{
	struct labyrinth_params params = sample_params(2, 384);
	uint32_t watched = 0;
	struct unit_lab u;
	void *frame;
	uint32_t i;

	if (!unit_make(&u, &params, 1))
		return;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	all_put(&u);
	for (i = 0; i < FRAMES; i++) {
		watched += is_watched(&u, unit_frame(&u, i));
		*(uint8_t *)unit_frame(&u, i) ^= 1;
	}
	CU_ASSERT_TRUE(watched > FRAMES / 3 && watched < FRAMES * 2 / 3);
	for (i = 0; labyrinth_get(u.lab, 0, &frame, 1) == 0; i++)
		;
	CU_ASSERT_EQUAL(i, FRAMES - watched);
	CU_ASSERT_EQUAL(unit_told, watched);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_WRITE_AFTER_FREE);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* One byte after the end of a frame is found when it is put, if that call watches it. */
static void
test_overflow(void)
{
	struct labyrinth_params params = sample_params(2, 384);
	uint32_t found = 0;
	struct unit_lab u;
	uint32_t i;

	if (!unit_make(&u, &params, 2))
		return;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	for (i = 0; i < FRAMES; i++) {
		((uint8_t *)u.got[i])[params.frame_len] ^= 1;
		labyrinth_put(u.lab, 0, &u.got[i], 1);
		if (unit_told == found)
			continue;
		found++;
		CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_CANARY);
		CU_ASSERT_PTR_EQUAL(unit_last.frame, u.got[i]);
		CU_ASSERT_PTR_EQUAL(unit_last.at, (uint8_t *)u.got[i] + params.frame_len);
		CU_ASSERT_EQUAL(unit_last.bad, 1);
	}
	CU_ASSERT_TRUE(found > FRAMES / 3 && found < FRAMES * 2 / 3);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* Where a watched frame was put is told until it is got. */
static void
check_site(uint32_t lane_frames)
{
	struct labyrinth_params params = sample_params(2, lane_frames);
	const void *const site = (const void *)0x55aa00112233;
	struct labyrinth_move move;
	uint32_t watched = 0;
	struct unit_lab u;
	uint32_t told = 0;
	void *frame;
	uint32_t i;

	if (!unit_make(&u, &params, 6))
		return;
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	for (i = 0; i < FRAMES; i++)
		labyrinth_put_from(u.lab, &u.got[i], 1, 0, (const char *)site + i);
	for (i = 0; i < FRAMES; i++) {
		CU_ASSERT_EQUAL(labyrinth_moves(u.lab, u.got[i], &move, 0), 0);
		if (labyrinth_moves(u.lab, u.got[i], &move, 1) == 0)
			continue;
		told++;
		CU_ASSERT_TRUE(is_watched(&u, u.got[i]) && move.put && move.by.known);
		CU_ASSERT_PTR_EQUAL(move.site, (const char *)site + i);
		CU_ASSERT_EQUAL(move.by.lane, 0);
	}
	watched = watched_of(&u, u.got, FRAMES);
	/* Some share a place with one that came later. */
	CU_ASSERT_TRUE(told > watched / 2 && told <= watched);
	for (i = 0; i < FRAMES; i++) {
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
		CU_ASSERT_EQUAL(labyrinth_moves(u.lab, frame, &move, 1), 0);
	}
	unit_drop(&u);
}

static void
test_site(void)
{
	check_site(384);
	check_site(0);
}

/* A look at all frames finds what was written to those that are watched, and to no others. */
static void
test_audit(void)
{
	struct labyrinth_params params = sample_params(2, 0);
	struct labyrinth_finding finding;
	struct unit_lab u;
	uint64_t state;
	uint32_t i;

	if (!unit_make(&u, &params, 3))
		return;
	all_put(&u);
	for (i = 0; i < FRAMES; i++)
		CU_ASSERT_FALSE(labyrinth_audit_content(u.lab, i, &finding, &state));
	for (i = 0; i < FRAMES; i++) {
		uint8_t *frame = (uint8_t *)(uintptr_t)labyrinth_frame(u.lab, i);

		frame[params.frame_len - 1] ^= 1;
		CU_ASSERT_EQUAL(labyrinth_audit_content(u.lab, i, &finding, &state),
		                is_watched(&u, frame));
		if (is_watched(&u, frame))
			CU_ASSERT_PTR_EQUAL(finding.at, frame + params.frame_len - 1);
	}
	unit_drop(&u);
}

/* A lane that is given up merges its rooms: frames stay watched, and are found again. */
static void
test_moved(void)
{
	struct labyrinth_params params = sample_params(2, 512);
	uint32_t before = 0;
	uint32_t after = 0;
	struct unit_lab u;
	uint32_t i;

	if (!unit_make(&u, &params, 4))
		return;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	for (i = 0; i < 400; i++)
		labyrinth_put(u.lab, 0, &u.got[i], 1);
	before = watched_of(&u, u.got, 400);
	labyrinth_lane_release(u.lab, 0);
	after = watched_of(&u, u.got, 400);
	labyrinth_put(u.lab, 1, &u.got[400], FRAMES - 400);
	CU_ASSERT_TRUE(before > 0);
	CU_ASSERT_EQUAL(before, after);
	CU_ASSERT_TRUE(unit_all_once(&u, 1));
	CU_ASSERT_EQUAL(unit_told, 0);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* Frames that no room has space for are watched, too. */
static void
test_roomless(void)
{
	struct labyrinth_params params = sample_params(2, 0);
	struct unit_lab u;
	uint32_t i;

	if (!unit_make(&u, &params, 5))
		return;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	unit_hide_all_rooms(u.lab);
	for (i = 0; i < FRAMES; i++)
		labyrinth_put(u.lab, 0, &u.got[i], 1);
	CU_ASSERT_EQUAL(lab_roomless_count(u.lab), FRAMES);
	CU_ASSERT_TRUE(watched_of(&u, u.got, FRAMES) > FRAMES / 3);
	CU_ASSERT_TRUE(unit_all_once(&u, 0));
	CU_ASSERT_EQUAL(unit_told, 0);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

static void
test_params(void)
{
	const struct {
		uint32_t flags;
		uint32_t sample;
		uint32_t frame_len;
		bool good;
	} tries[] = {
		{SAMPLE, LABYRINTH_SAMPLE_LEAST, 256, true},
		{SAMPLE, LABYRINTH_SAMPLE_MAX, 256, true},
		{SAMPLE, LABYRINTH_SAMPLE_LEAST - 1, 256, false},
		{SAMPLE, 0, 256, false},
		{SAMPLE, LABYRINTH_SAMPLE_MAX + 1, 256, false},
		{SAMPLE, 64, 252, false},
		{SAMPLE | LABYRINTH_F_POISON, 64, 256, false},
		{SAMPLE | LABYRINTH_F_CANARY | LABYRINTH_F_TRACE, 64, 256, true},
		{LABYRINTH_F_SAMPLE, 64, 256, false},
		{LABYRINTH_F_SAMPLE | LABYRINTH_F_PAGES, 64, 256, false},
	};
	uint32_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(tries); i++) {
		struct labyrinth_params params = unit_params(FRAMES, tries[i].flags);

		params.sample = tries[i].sample;
		params.frame_len = tries[i].frame_len;
		params.trace = 1;
		params.slots = 1;
		CU_ASSERT_EQUAL(labyrinth_footprint(&params) != 0, tries[i].good);
	}
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"share in a lane that is kept", test_share_kept},
		{"share in a lane that is shared", test_share_shared},
		{"share where every call is slow", test_share_slow},
		{"written while free", test_written},
		{"overflow by a byte", test_overflow},
		{"where it was put", test_site},
		{"seen by the audit", test_audit},
		{"watched from room to room", test_moved},
		{"no room for it", test_roomless},
		{"parameters", test_params},
		CU_TEST_INFO_NULL,
	};

	return unit_main("sample", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The data path of lanes that are kept and of lanes that are shared: what they note
 * of frames, and what they do when a bulk has one in it that is not good.
 */

#include <string.h>
#include <unistd.h>

#include "labyrinth_audit.h"
#include "labyrinth_inspect.h"
#include "labyrinth_private.h"
#include "seal.h"
#include "unit.h"

enum {
	FRAMES = 600,
	LANE = 1,
	KEPT = 384
};

static const uint32_t lane_frames[] = {0, KEPT};
static const uint32_t bulks[] = {1, 2, 3, 4, 7, 8, 9, 31, 32, 33, 64, 100, 128};

static struct unit_lab u;

static bool
make(uint32_t flags, uint32_t kept)
{
	struct labyrinth_params params = unit_params(FRAMES, flags);

	params.lane_frames = kept;
	return unit_make(&u, &params, kept);
}

static uint32_t
stamp_of(uint32_t own)
{
	return own & ((1u << LAB_STAMP_BITS) - 1);
}

/* Call after call a lane looks at the clock again, whichever size they have. */
static void
check_clock(uint32_t kept, uint32_t bulk)
{
	struct lab_lane *lane;
	uint32_t i;

	if (!make(LABYRINTH_F_SEAL, kept))
		return;
	lane = &u.lab->own[LANE];
	/* Where time takes a system call there is none. */
	if (stamp_of(lab_own_of(u.lab, 1, 1)) == (1u << LAB_STAMP_BITS) - 1) {
		unit_drop(&u);
		return;
	}
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE, u.got, bulk), 0);
	labyrinth_put(u.lab, LANE, u.got, bulk);
	/* As if that had been long ago. */
	lane->own ^= stamp_of(lane->own) ^ 1;
	for (i = 0; i < LAB_STAMP_EVERY; i++) {
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE, u.got, bulk), 0);
		labyrinth_put(u.lab, LANE, u.got, bulk);
	}
	CU_ASSERT(stamp_of(lane->own) > 1);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE, u.got, bulk), 0);
	for (i = 0; i < FRAMES; i++) {
		const struct lab_word *word = lab_id_word(u.lab, i);

		if (lab_word_owned(lab_word_read(word)))
			CU_ASSERT(stamp_of(lab_word_got(word)) > 1);
	}
	unit_drop(&u);
}

static void
test_clock(void)
{
	size_t i;
	size_t j;

	for (i = 0; i < UNIT_ARRAY_LEN(lane_frames); i++) {
		for (j = 0; j < UNIT_ARRAY_LEN(bulks); j++)
			check_clock(lane_frames[i], bulks[j]);
	}
}

/* A frame that was got so many stamps ago, after the patrol has looked; tells its age. */
static uint64_t
age_after(uint32_t stamps)
{
	struct labyrinth_mover owner = {0};
	uint32_t id = lab_id_of(u.lab, u.got[0]);
	struct lab_word *word = lab_id_word(u.lab, id);
	uint32_t own = lab_own_of(u.lab, (uint32_t)getpid(), LANE);
	uint32_t stamp = (stamp_of(own) - stamps) & ((1u << LAB_STAMP_BITS) - 1);

	lab_word_got_write(word, lab_own_old(own) | stamp);
	labyrinth_audit_age(u.lab, id);
	CU_ASSERT_EQUAL(labyrinth_frame_owner(u.lab, id, &owner), 0);
	CU_ASSERT(owner.known);
	return owner.age >> LAB_STAMP_SHIFT;
}

/* Half of what stamps last for is the longest that a frame seems to be held, however long it is. */
static void
test_long_ago(void)
{
	const uint32_t half = 1u << (LAB_STAMP_BITS - 1);
	struct labyrinth_mover owner;
	uint32_t id;

	if (!make(LABYRINTH_F_SEAL, 0))
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE, u.got, 1), 0);
	CU_ASSERT(age_after(0) <= 1);
	CU_ASSERT(age_after(1000) - 1000 <= 1);
	CU_ASSERT(age_after(half - 2) - (half - 2) <= 1);
	CU_ASSERT_EQUAL(age_after(half), half);
	CU_ASSERT_EQUAL(age_after(half + 1000), half);
	/* It stays so. */
	id = lab_id_of(u.lab, u.got[0]);
	CU_ASSERT_EQUAL(lab_word_got(lab_id_word(u.lab, id)) % (1u << LAB_STAMP_BITS), 0);
	labyrinth_audit_age(u.lab, id);
	CU_ASSERT_EQUAL(labyrinth_frame_owner(u.lab, id, &owner), 0);
	CU_ASSERT_EQUAL(owner.age >> LAB_STAMP_SHIFT, half);
	labyrinth_audit_age(u.lab, FRAMES);
	unit_drop(&u);
}

/* What a put notes: the lane and its room, whoever used the lane before. */
static void
test_put_noted(void)
{
	size_t i;
	size_t j;

	for (i = 0; i < UNIT_ARRAY_LEN(lane_frames); i++) {
		if (!make(LABYRINTH_F_SEAL, lane_frames[i]))
			return;
		for (j = 0; j < UNIT_ARRAY_LEN(bulks); j++) {
			struct labyrinth_mover mover;
			uint32_t front;
			uint64_t put;

			/* Of another lane, so that nothing noted before is right. */
			CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE + 1, u.got, bulks[j]), 0);
			labyrinth_put(u.lab, LANE, u.got, bulks[j]);
			front = (uint32_t)u.lab->own[LANE].slot & LAB_ROOM_MASK;
			put = lab_word_read(lab_word_of(u.lab, u.got[bulks[j] - 1]));
			CU_ASSERT_TRUE(lab_word_is_in(put, front));
			lab_own_read(u.lab, lab_word_putter(put), &mover);
			CU_ASSERT_EQUAL(mover.lane, LANE);
		}
		unit_drop(&u);
	}
}

/* A check for kept and shared lanes, all bulks, and places in these. */
static void
each_place(void (*check)(uint32_t kept, uint32_t bulk, uint32_t at))
{
	size_t i;
	size_t j;

	labyrinth_violation_handler(unit_remember);
	for (i = 0; i < UNIT_ARRAY_LEN(lane_frames); i++) {
		for (j = 0; j < UNIT_ARRAY_LEN(bulks); j++) {
			check(lane_frames[i], bulks[j], 0);
			check(lane_frames[i], bulks[j], bulks[j] / 2);
			check(lane_frames[i], bulks[j], bulks[j] - 1);
		}
	}
	labyrinth_violation_handler(NULL);
}

/* A frame of the front room is not free any more: each bulk goes on without it. */
static void
check_taken(uint32_t kept, uint32_t bulk, uint32_t at)
{
	struct lab_room *room;
	struct labyrinth_stats stats;
	void *bad;
	uint32_t i;

	if (!make(LABYRINTH_F_SEAL | LABYRINTH_F_REPORT, kept))
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE, u.got, 200), 0);
	labyrinth_put(u.lab, LANE, u.got, 200);
	room = lab_room(u.lab, (uint32_t)u.lab->own[LANE].slot & LAB_ROOM_MASK);
	bad = room->frames[lab_room_count(room) - bulk + at];
	lab_word_own(lab_word_of(u.lab, bad), bad, 2);
	unit_told = 0;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE, u.got, bulk), 0);
	CU_ASSERT_EQUAL(unit_told, 1);
	for (i = 0; i < bulk; i++) {
		CU_ASSERT_NOT_EQUAL(u.got[i], bad);
		CU_ASSERT(lab_word_owned(lab_word_read(lab_word_of(u.lab, u.got[i]))));
	}
	labyrinth_put(u.lab, LANE, u.got, bulk);
	CU_ASSERT_EQUAL(unit_told, 1);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_EQUAL(stats.used, 1);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES - 1);
	unit_drop(&u);
}

static void
test_taken(void)
{
	each_place(check_taken);
}

/* One pointer of a bulk is none of a frame: the others are put. */
static void
check_foreign(uint32_t kept, uint32_t bulk, uint32_t at)
{
	void *frame;

	if (!make(LABYRINTH_F_SEAL | LABYRINTH_F_REPORT, kept))
		return;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE, u.got, bulk), 0);
	frame = u.got[at];
	u.got[at] = (uint8_t *)frame + 8;
	unit_told = 0;
	labyrinth_put(u.lab, LANE, u.got, bulk);
	CU_ASSERT_EQUAL(unit_told, 1);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES - 1);
	labyrinth_put(u.lab, LANE, &frame, 1);
	CU_ASSERT_EQUAL(unit_told, 1);
	CU_ASSERT_TRUE(unit_all_once(&u, LANE));
	unit_drop(&u);
}

static void
test_foreign(void)
{
	each_place(check_foreign);
}

static void
check_none(uint32_t flags, uint32_t kept)
{
	struct labyrinth_stats before;
	struct labyrinth_stats after;

	if (!make(flags, kept))
		return;
	/* The lane is known from here on, and kept where it can be. */
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE, u.got, 1), 0);
	labyrinth_put(u.lab, LANE, u.got, 1);
	labyrinth_stats(u.lab, &before);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LANE, NULL, 0), 0);
	labyrinth_put(u.lab, LANE, NULL, 0);
	CU_ASSERT_EQUAL(labyrinth_get_here(u.lab, NULL, 0, NULL), 0);
	CU_ASSERT_EQUAL(labyrinth_put_here(u.lab, NULL, 0, NULL), 0);
	labyrinth_stats(u.lab, &after);
	CU_ASSERT_EQUAL(after.available + after.cached, before.available + before.cached);
	CU_ASSERT_EQUAL(after.failures, 0);
	CU_ASSERT_EQUAL(after.violations, 0);
	unit_drop(&u);
}

/* No frames at all: nothing happens, whatever the way. */
static void
test_none(void)
{
	check_none(0, 0);
	check_none(LABYRINTH_F_SEAL, 0);
	check_none(LABYRINTH_F_SEAL, KEPT);
	check_none(LABYRINTH_F_SEAL | LABYRINTH_F_CANARY, 0);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"the clock is looked at", test_clock},
		{"a frame that is held for long", test_long_ago},
		{"what a put notes", test_put_noted},
		{"a bulk with a frame that is owned already", test_taken},
		{"a bulk with a foreign pointer", test_foreign},
		{"a bulk of no frames", test_none},
		CU_TEST_INFO_NULL,
	};

	return unit_main("ways", tests);
}

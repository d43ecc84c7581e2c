/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What strict adds: reuse that cannot be predicted, and the content of free
 * frames. (How canary and poison stop a process is in test_seal.c.)
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "labyrinth_entropy.h"
#include "labyrinth_private.h"
#include "unit.h"

#define CONTENT (LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON)
#define STRICT  (CONTENT | LABYRINTH_F_RANDOM_REUSE)

/* The frame put last is rarely the one got next. */
static void
test_not_the_last(void)
{
	enum {
		ROUNDS = 40000
	};
	struct labyrinth_params params = unit_params(1000, STRICT);
	uint32_t same = 0;
	struct unit_lab u;
	void *frame;
	void *last;
	uint32_t i;

	if (!unit_make(&u, &params, 1))
		return;
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
	for (i = 0; i < ROUNDS; i++) {
		last = frame;
		labyrinth_put(u.lab, 0, &last, 1);
		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
		same += frame == last;
	}
	/* At most 1 of 128: 313 expected, standard deviation 18. */
	CU_ASSERT_TRUE(same < ROUNDS / 100);
	CU_ASSERT_TRUE(same > 0);
	unit_drop(&u);
}

/* The same when the lane's own room is nearly empty: more is fetched first. */
static void
test_not_the_last_of_few(void)
{
	enum {
		ROUNDS = 20000,
		HELD = 500
	};
	struct labyrinth_params params = unit_params(1000, STRICT);
	uint32_t same = 0;
	struct unit_lab u;
	void *frame;
	void *last;
	uint32_t i;

	if (!unit_make(&u, &params, 11))
		return;
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, u.got, HELD), 0);
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
	for (i = 0; i < ROUNDS; i++) {
		last = frame;
		labyrinth_put(u.lab, 0, &last, 1);
		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
		same += frame == last;
	}
	CU_ASSERT_TRUE(same < ROUNDS / 100);
	unit_drop(&u);
}

/*
 * How many puts ago was the frame that is got now put? Uniform choice among n
 * makes that geometric with mean n: checked by its median, and by its memory:
 * given that it was longer than the median, the rest has the same median.
 */
static void
test_reuse_distance(void)
{
	enum {
		ROUNDS = 60000,
		FRAMES = 200
	};
	static uint32_t put_at[FRAMES];
	static uint32_t distance[4 * FRAMES * 8];
	struct labyrinth_params params = unit_params(FRAMES, STRICT);
	const uint32_t half = 139; /* 200 ln 2 */
	uint32_t longer = 0;
	uint32_t longest = 0;
	uint32_t drawn = 0;
	struct unit_lab u;
	uint32_t round;
	void *frame;

	if (!unit_make(&u, &params, 2))
		return;
	for (round = 1; round <= ROUNDS; round++) {
		uint32_t *at;

		CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, &frame, 1), 0);
		at = &put_at[unit_index(&u, frame)];
		if (*at != 0) {
			uint32_t d = round - *at;

			drawn++;
			longer += d > half;
			longest += d > 2 * half;
			if (d < UNIT_ARRAY_LEN(distance))
				distance[d]++;
		}
		*at = round;
		labyrinth_put(u.lab, 0, &frame, 1);
	}
	/* 0.4990 and 0.2490 expected; standard deviation 0.0021. */
	CU_ASSERT_TRUE(longer > drawn * 48 / 100 && longer < drawn * 52 / 100);
	CU_ASSERT_TRUE(longest > drawn * 23 / 100 && longest < drawn * 27 / 100);
	/* The very next: 1 of 200. */
	CU_ASSERT_TRUE(distance[1] > drawn / 300 && distance[1] < drawn / 133);
	unit_drop(&u);
}

/* Two labyrinths used in the same way hand out in different orders. */
static void
test_orders_differ(void)
{
	enum {
		ROUNDS = 2000
	};
	static uint32_t order[2][ROUNDS];
	struct labyrinth_params params = unit_params(500, STRICT);
	uint32_t same = 0;
	uint64_t seed;
	uint32_t i;

	for (seed = 0; seed < 2; seed++) {
		struct unit_lab u;
		void *frame;

		if (!unit_make(&u, &params, seed))
			return;
		for (i = 0; i < ROUNDS; i++) {
			CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 1, &frame, 1), 0);
			order[seed][i] = unit_index(&u, frame);
			labyrinth_put(u.lab, 1, &frame, 1);
		}
		unit_drop(&u);
	}
	for (i = 0; i < ROUNDS; i++)
		same += order[0][i] == order[1][i];
	/* 4 of 2000 expected (less than 500 frames take turns: some more). */
	CU_ASSERT_TRUE(same < 40);
}

/* No two random streams of one seed are the same one. */
static void
test_streams_apart(void)
{
	static const uint32_t frames[] = {65536 + 16, 65536 + 20, 131072, 65536};
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(frames); i++) {
		struct labyrinth_params params = unit_params(frames[i], STRICT);
		size_t len = labyrinth_footprint(&params);
		labyrinth_t *lab = aligned_alloc(128, len);
		uint32_t lane;

		CU_ASSERT_PTR_NOT_NULL_FATAL(lab);
		CU_ASSERT_EQUAL(labyrinth_init(lab, len, &params, unit_seed(9)), 0);
		for (lane = 0; lane < labyrinth_lanes(lab); lane++) {
			/* Shuffling draws from purpose 2^28 plus a number of frames. */
			uint32_t purpose = lab->dice[lane].state[14];

			CU_ASSERT_EQUAL(lab->dice[lane].state[15], 0);
			CU_ASSERT_TRUE(purpose > 1 && purpose < 1u << 28);
			CU_ASSERT_TRUE(lane == 0 || purpose != lab->dice[lane - 1].state[14]);
		}
		free(lab);
	}
}

struct bytes {
	uint32_t keep;
	uint32_t poison;
};

static struct unit_lab told_by;

static uint32_t
write_after_free(struct unit_lab *u, uint32_t off)
{
	void *frame;

	CU_ASSERT_EQUAL(labyrinth_get(u->lab, 0, &frame, 1), 0);
	memset(frame, 0x33, u->frame_len);
	labyrinth_put(u->lab, 0, &frame, 1);
	((uint8_t *)frame)[off] ^= 1;
	unit_told = 0;
	CU_ASSERT_EQUAL(labyrinth_get(u->lab, 0, &frame, 1), 0);
	labyrinth_put(u->lab, 0, &frame, 1);
	if (unit_told > 0) {
		CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_WRITE_AFTER_FREE);
	}
	return unit_told;
}

/* One bit at every single offset: found if it is among the bytes looked at. */
static void
test_every_offset(void)
{
	static const struct bytes bytes[] = {{0, 0},    {0, 64},  {128, 0},
	                                     {64, 128}, {256, 0}, {120, 8}};
	size_t i;

	labyrinth_violation_handler(unit_remember);
	for (i = 0; i < UNIT_ARRAY_LEN(bytes); i++) {
		struct labyrinth_params params = unit_params(400, CONTENT | LABYRINTH_F_REPORT);
		uint32_t end = bytes[i].poison == 0 ? 256 : bytes[i].keep + bytes[i].poison;
		uint32_t off;

		params.keep_len = bytes[i].keep;
		params.poison_len = bytes[i].poison;
		if (!unit_make(&told_by, &params, i))
			break;
		for (off = 0; off < 256; off++)
			CU_ASSERT_EQUAL(write_after_free(&told_by, off), off < end);
		unit_drop(&told_by);
	}
	labyrinth_violation_handler(NULL);
}

/* Pointers close to both ends of the address space: told, and no look ahead runs on from there. */
static void
test_ends_of_memory(void)
{
	struct labyrinth_params params = unit_params(400, CONTENT | LABYRINTH_F_REPORT);
	uintptr_t at;

	/* What is looked at ends within a line. */
	params.keep_len = 120;
	params.poison_len = 16;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	if (unit_make(&told_by, &params, 1)) {
		for (at = 0; at < 2000; at++) {
			void *ends[] = {(void *)at, (void *)(UINTPTR_MAX - at)};
			unsigned int i;

			for (i = 0; i < UNIT_ARRAY_LEN(ends); i++) {
				labyrinth_put(told_by.lab, 0, &ends[i], 1);
				CU_ASSERT_EQUAL(unit_told, 2 * at + i + 1);
				CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_FOREIGN);
			}
		}
		unit_drop(&told_by);
	}
	labyrinth_violation_handler(NULL);
}

/* keep_len bytes survive; what is behind them does not. */
static void
test_keep(void)
{
	struct labyrinth_params params = unit_params(300, STRICT);
	struct unit_lab u;
	uint32_t changed = 0;
	uint32_t i;
	uint32_t b;

	params.keep_len = 128;
	params.poison_len = 64;
	if (!unit_make(&u, &params, 3))
		return;
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, u.got, 300), 0);
	for (i = 0; i < 300; i++)
		memset(u.got[i], (int)(1 + unit_index(&u, u.got[i]) % 200), 256);
	labyrinth_put(u.lab, 0, u.got, 300);
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 1, u.got, 300), 0);
	for (i = 0; i < 300; i++) {
		uint8_t want = (uint8_t)(1 + unit_index(&u, u.got[i]) % 200);
		const uint8_t *have = u.got[i];
		uint32_t poisoned = 0;

		for (b = 0; b < 256; b++) {
			if (b >= 128 && b < 192)
				poisoned += have[b] != want;
			else
				changed += have[b] != want;
		}
		CU_ASSERT_TRUE(poisoned > 32);
	}
	CU_ASSERT_EQUAL(changed, 0);
	unit_drop(&u);
}

/* A frame not yet got holds what was there before it was added. */
static void
test_first_content(void)
{
	struct labyrinth_params params = unit_params(200, STRICT);
	uint32_t changed = 0;
	struct unit_lab u;
	uint32_t i;

	if (!unit_make(&u, &params, 4))
		return;
	for (i = 0; i < 200; i++)
		memset(unit_frame(&u, i), (int)i, 256);
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, u.got, 200), 0);
	for (i = 0; i < 200; i++)
		changed += *(uint8_t *)unit_frame(&u, i) != (uint8_t)i;
	CU_ASSERT_EQUAL(changed, 0);
	unit_drop(&u);
}

/* Fewer frames than the quarantine likes: all of them can be got all the same. */
static void
test_few_frames(void)
{
	static const uint32_t frames[] = {1, 2, 64, 127, 129, 300};
	struct unit_lab u;
	uint32_t round;
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(frames); i++) {
		struct labyrinth_params params = unit_params(frames[i], STRICT);

		if (!unit_make(&u, &params, i))
			continue;
		for (round = 0; round < 10; round++) {
			CU_ASSERT_TRUE(unit_all_once(&u, round % 5));
			labyrinth_put(u.lab, (round + 3) % 8, u.got, frames[i]);
		}
		unit_drop(&u);
	}
}

/* What a free frame keeps, and the digest of it, copied over another free frame's. */
static void
test_digest_replay(void)
{
	struct labyrinth_params params = unit_params(200, STRICT | LABYRINTH_F_REPORT);
	struct unit_lab u;
	uint8_t *from;
	uint8_t *to;

	params.keep_len = 128;
	if (!unit_make(&u, &params, 7))
		return;
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, u.got, 200), 0);
	from = u.got[3];
	to = u.got[77];
	memset(from, 1, params.keep_len);
	memset(to, 2, params.keep_len);
	labyrinth_put(u.lab, 0, u.got, 200);
	memcpy(to, from, params.keep_len);
	memcpy(to - LABYRINTH_HEADER_LEN + 8, from - LABYRINTH_HEADER_LEN + 8, 8);
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, 199), 0);
	(void)labyrinth_get(u.lab, 0, u.got, 1);
	CU_ASSERT_EQUAL(unit_told, 1);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_WRITE_AFTER_FREE);
	CU_ASSERT_PTR_EQUAL(unit_last.frame, to);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"what was put last is rarely got next", test_not_the_last},
		{"nor where the room is nearly empty", test_not_the_last_of_few},
		{"reuse distance is geometric", test_reuse_distance},
		{"two labyrinths, two orders", test_orders_differ},
		{"random streams are apart", test_streams_apart},
		{"writes at every offset", test_every_offset},
		{"pointers at the ends of memory", test_ends_of_memory},
		{"kept bytes stay, poisoned ones go", test_keep},
		{"content before the first put", test_first_content},
		{"a digest of another frame", test_digest_replay},
		{"fewer frames than the quarantine", test_few_frames},
		CU_TEST_INFO_NULL,
	};

	return unit_main("strict", tests);
}

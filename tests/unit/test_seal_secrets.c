/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* What lies in front of and behind a frame: seals, records, canaries. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit_misuse.h"

enum {
	FRAMES = 500
};

static uint64_t
seal_of(const void *frame)
{
	uint64_t seal;

	memcpy(&seal, (const uint8_t *)frame - LABYRINTH_HEADER_LEN, sizeof(seal));
	return seal;
}

static int
compare_words(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint32_t
repeats(uint64_t *words, size_t n)
{
	uint32_t same = 0;
	size_t i;

	qsort(words, n, sizeof(words[0]), compare_words);
	for (i = 1; i < n; i++)
		same += words[i] == words[i - 1];
	return same;
}

/* Seals of all frames of two labyrinths in the same memory; they do not tell free from owned. */
static void
test_seals_differ(void)
{
	static uint64_t seals[2 * FRAMES];
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL);
	struct unit_lab u;
	uint32_t ones = 0;
	size_t n = 0;
	uint64_t lab;
	uint32_t i;

	if (!unit_make(&u, &params, 0))
		return;
	for (lab = 0; lab < 2; lab++) {
		CU_ASSERT_EQUAL_FATAL(labyrinth_init(u.lab, u.len, &params, unit_seed(lab)), 0);
		CU_ASSERT_EQUAL_FATAL(labyrinth_cover(u.lab, u.memory, u.memory_len), 0);
		for (i = 0; i < FRAMES; i++)
			CU_ASSERT_EQUAL_FATAL(labyrinth_add(u.lab, unit_frame(&u, i)), 0);
		labyrinth_open(u.lab);
		for (i = 0; i < FRAMES; i++)
			seals[n++] = seal_of(unit_frame(&u, i));
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, FRAMES), 0);
		for (i = 0; i < FRAMES; i++)
			CU_ASSERT_EQUAL(seals[n - FRAMES + i], seal_of(unit_frame(&u, i)));
	}
	for (i = 0; i < n; i++)
		ones += (uint32_t)__builtin_popcountll(seals[i]);
	/* 32000 expected of 64000 bits, standard deviation 126 were they independent. */
	CU_ASSERT_TRUE(ones > 28000 && ones < 36000);
	CU_ASSERT_EQUAL(repeats(seals, n), 0);
	unit_drop(&u);
}

/* The difference between two frames' seals is no constant: tags are keyed. */
static void
test_differences_differ(void)
{
	static uint64_t words[FRAMES - 1];
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL);
	struct unit_lab u;
	uint32_t i;

	if (!unit_make(&u, &params, 3))
		return;
	for (i = 1; i < FRAMES; i++)
		words[i - 1] = seal_of(unit_frame(&u, i)) ^ seal_of(unit_frame(&u, i - 1));
	CU_ASSERT_EQUAL(repeats(words, FRAMES - 1), 0);
	for (i = 1; i < FRAMES; i++)
		words[i - 1] = seal_of(unit_frame(&u, i)) - seal_of(unit_frame(&u, i - 1));
	CU_ASSERT_TRUE(repeats(words, FRAMES - 1) < FRAMES / 10);
	unit_drop(&u);
}

static void
test_canaries_differ(void)
{
	static uint64_t words[2 * FRAMES];
	struct labyrinth_params params = unit_params(FRAMES, UNIT_STRICT);
	struct unit_lab u;
	uint32_t i;

	if (!unit_make(&u, &params, 4))
		return;
	for (i = 0; i < FRAMES; i++) {
		memcpy(&words[2 * i], (uint8_t *)unit_frame(&u, i) + u.frame_len, 8);
		words[2 * i + 1] = seal_of(unit_frame(&u, i));
	}
	CU_ASSERT_EQUAL(repeats(words, UNIT_ARRAY_LEN(words)), 0);
	unit_drop(&u);
}

static void
break_seal_and_put(struct unit_lab *u, void *frame, uint32_t lane)
{
	uint32_t tries;

	((uint8_t *)frame)[-LABYRINTH_HEADER_LEN] ^= 1;
	unit_told = 0;
	/* One header of eight is looked at. */
	for (tries = 0; tries < 16 && unit_told == 0; tries++) {
		labyrinth_put(u->lab, lane, &frame, 1);
		if (unit_told == 0)
			CU_ASSERT_EQUAL(labyrinth_get(u->lab, lane, &frame, 1), 0);
	}
	CU_ASSERT_EQUAL(unit_told, 1);
}

static void
check_mover(const struct labyrinth_mover *mover, uint32_t lane)
{
	CU_ASSERT_TRUE(mover->known);
	CU_ASSERT_EQUAL(mover->lane, lane);
	CU_ASSERT_EQUAL(mover->pid, (uint32_t)getpid() & ((1u << 22) - 1));
	/* Made just now: ages of minutes (2^38 ns) would be wrong; some are not kept. */
	CU_ASSERT_TRUE(mover->age < 1ull << 38 || mover->age == LABYRINTH_AGE_UNKNOWN);
}

/* A report names who got and put the frame, and who tripped over it. */
static void
test_records(void)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT);
	struct unit_lab u;
	void *frame;

	if (!unit_make(&u, &params, 5))
		return;
	labyrinth_violation_handler(unit_remember);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 3, &frame, 1), 0);
	break_seal_and_put(&u, frame, 6);
	check_mover(&unit_last.got, 3);
	CU_ASSERT_FALSE(unit_last.put.known);
	CU_ASSERT_EQUAL(unit_last.lane, 6);
	CU_ASSERT_PTR_EQUAL(unit_last.frame, frame);
	CU_ASSERT_PTR_EQUAL(unit_last.nearest, frame);
	CU_ASSERT_PTR_EQUAL(unit_last.at, (uint8_t *)frame - LABYRINTH_HEADER_LEN);

	CU_ASSERT_EQUAL(labyrinth_get(u.lab, LABYRINTH_LANE_ANY, &frame, 1), 0);
	labyrinth_put(u.lab, 5, &frame, 1);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 5, &frame, 1), 0);
	labyrinth_put(u.lab, 5, &frame, 1);
	unit_told = 0;
	labyrinth_put(u.lab, LABYRINTH_LANE_ANY, &frame, 1);
	CU_ASSERT_EQUAL(unit_told, 1);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_DOUBLE_FREE);
	check_mover(&unit_last.got, 5);
	CU_ASSERT(unit_last.got.age < UINT64_C(60) * 1000000000);
	check_mover(&unit_last.put, 5);
	CU_ASSERT_NOT_EQUAL(unit_last.put.age, LABYRINTH_AGE_UNKNOWN);
	CU_ASSERT_EQUAL(unit_last.lane, LABYRINTH_LANE_ANY);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* The last lane of all has a name as every other has. */
static void
test_record_of_last_lane(void)
{
	struct labyrinth_params params = unit_params(10, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT);
	uint32_t lanes = 4096;
	struct unit_lab u;
	void *frame;

	for (params.lanes = lanes; labyrinth_footprint(&params) == 0; params.lanes--)
		;
	if (!unit_make(&u, &params, 6))
		return;
	labyrinth_violation_handler(unit_remember);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, params.lanes - 1, &frame, 1), 0);
	break_seal_and_put(&u, frame, params.lanes - 1);
	check_mover(&unit_last.got, params.lanes - 1);
	CU_ASSERT_EQUAL(unit_last.lane, params.lanes - 1);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* The frame in front, the likely culprit of an overflow, is named. */
static void
test_frame_before(void)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT);
	struct unit_lab u;
	uint32_t i;

	if (!unit_make(&u, &params, 7))
		return;
	labyrinth_violation_handler(unit_remember);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, FRAMES), 0);
	/* Those in front are whole. */
	for (i = FRAMES; i-- > 0;) {
		break_seal_and_put(&u, unit_frame(&u, i), 0);
		CU_ASSERT_PTR_EQUAL(unit_last.before, i == 0 ? NULL : unit_frame(&u, i - 1));
		CU_ASSERT_PTR_EQUAL(unit_last.nearest, unit_frame(&u, i));
	}
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* What ran over several is the deed of the one in front of all of them. */
static void
test_frame_before_all(void)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT);
	struct unit_lab u;
	uint32_t i;

	if (!unit_make(&u, &params, 7))
		return;
	labyrinth_violation_handler(unit_remember);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, FRAMES), 0);
	for (i = 5; i < 8; i++)
		memset((uint8_t *)unit_frame(&u, i) - LABYRINTH_HEADER_LEN, 0, 8);
	break_seal_and_put(&u, unit_frame(&u, 8), 0);
	CU_ASSERT_PTR_EQUAL(unit_last.nearest, unit_frame(&u, 8));
	CU_ASSERT_PTR_EQUAL(unit_last.before, unit_frame(&u, 4));
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* Bytes at fault: first and how many, for canary and poison. */
static void
test_bad_bytes(void)
{
	struct labyrinth_params params = unit_params(FRAMES, UNIT_STRICT | LABYRINTH_F_REPORT);
	struct unit_lab u;
	uint8_t *frame;
	void *got;

	if (!unit_make(&u, &params, 8))
		return;
	labyrinth_violation_handler(unit_remember);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, &got, 1), 0);
	frame = got;
	frame[u.frame_len + 2] ^= 1;
	frame[u.frame_len + 5] ^= 1;
	labyrinth_put(u.lab, 0, &got, 1);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_CANARY);
	CU_ASSERT_PTR_EQUAL(unit_last.at, frame + u.frame_len + 2);
	CU_ASSERT_EQUAL(unit_last.bad, 4);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, &got, 1), 0);
	frame = got;
	labyrinth_put(u.lab, 0, &got, 1);
	frame[100] ^= 1;
	frame[131] ^= 1;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, &got, 1), 0);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_WRITE_AFTER_FREE);
	CU_ASSERT_PTR_EQUAL(unit_last.frame, frame);
	CU_ASSERT_PTR_EQUAL(unit_last.at, frame + 100);
	CU_ASSERT_EQUAL(unit_last.bad, 32);
	CU_ASSERT_PTR_NOT_EQUAL(got, frame);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"no two seals are the same", test_seals_differ},
		{"nor are their differences", test_differences_differ},
		{"nor are canaries", test_canaries_differ},
		{"records name lane and process", test_records},
		{"the last lane has a name", test_record_of_last_lane},
		{"the frame in front is named", test_frame_before},
		{"the frame in front of all that were run over", test_frame_before_all},
		{"the bytes at fault", test_bad_bytes},
		CU_TEST_INFO_NULL,
	};

	return unit_main("seal secrets", tests);
}

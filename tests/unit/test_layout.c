/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>
#include <string.h>

#include "labyrinth_layout.h"
#include "unit.h"

struct shape {
	size_t len;
	size_t stride;
	size_t unit;
	uint32_t frames;
};

/* Place all frames; tells whether each lies inside, aligned, behind the last. */
static bool
place(const struct shape *shape, uint64_t seed, size_t *at)
{
	struct labyrinth_layout layout;
	struct labyrinth_entropy ent;
	size_t end = 0;
	uint32_t i;

	labyrinth_entropy_init(&ent, unit_seed(seed), 0);
	labyrinth_layout_begin(&layout, shape->len, shape->stride, shape->unit, shape->frames,
	                       &ent);
	for (i = 0; i < shape->frames; i++) {
		at[i] = labyrinth_layout_next(&layout);
		if (at[i] < end || at[i] % shape->unit != 0 || at[i] + shape->stride > shape->len)
			return false;
		end = at[i] + shape->stride;
	}
	return layout.left == 0;
}

static const struct shape shapes[] = {
	{2u << 20, 2368, 64, 885},   /* the most that fit */
	{2u << 20, 2368, 64, 800},   /* slack for 85 more */
	{2u << 20, 2368, 64, 1},     /* nearly all is slack */
	{2u << 20, 4096, 4096, 512}, /* exact: no slack at all */
	{2u << 20, 64, 64, 32768},   /* exact, many */
	{2u << 20, 2u << 20, 64, 1}, /* exact, one */
	{1u << 20, 3008, 64, 340},
	{12345, 128, 64, 96}, /* a length that is no multiple of the unit */
	{100, 64, 64, 1},
	{(size_t)1 << 40, 1 << 20, 64, 1000}, /* slack beyond 32 bits of units */
};

static void
test_inside_apart_aligned(void)
{
	size_t *at = calloc(32768, sizeof(at[0]));
	uint64_t seed;
	size_t i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	for (i = 0; i < UNIT_ARRAY_LEN(shapes); i++) {
		for (seed = 0; seed < 20; seed++)
			CU_ASSERT_TRUE(place(&shapes[i], seed, at));
	}
	free(at);
}

static void
test_fits(void)
{
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(shapes); i++)
		CU_ASSERT_TRUE(labyrinth_layout_fits(shapes[i].len, shapes[i].stride) >=
		               shapes[i].frames);
	CU_ASSERT_EQUAL(labyrinth_layout_fits(100, 0), 0);
	CU_ASSERT_EQUAL(labyrinth_layout_fits(99, 100), 0);
	CU_ASSERT_EQUAL(labyrinth_layout_fits(100, 100), 1);
	CU_ASSERT_EQUAL(labyrinth_layout_fits(2u << 20, 2368), 885);
}

/* Without slack there is one layout. */
static void
test_exact_fit(void)
{
	size_t at[512];
	uint32_t i;

	CU_ASSERT_TRUE_FATAL(place(&shapes[3], 1, at));
	for (i = 0; i < 512; i++)
		CU_ASSERT_EQUAL(at[i], (size_t)i * 4096);
}

static void
test_gaps_vary(void)
{
	enum {
		SEEDS = 64,
		FRAMES = 800
	};
	static size_t at[SEEDS][FRAMES];
	uint32_t same_first = 0;
	uint32_t same_last = 0;
	uint32_t same_all = 0;
	uint32_t i;

	for (i = 0; i < SEEDS; i++) {
		CU_ASSERT_TRUE_FATAL(place(&shapes[1], 100 + i, at[i]));
		if (i == 0)
			continue;
		same_first += at[i][0] == at[0][0];
		same_last += at[i][FRAMES - 1] == at[0][FRAMES - 1];
		same_all += memcmp(at[i], at[0], sizeof(at[0])) == 0;
	}
	CU_ASSERT_EQUAL(same_all, 0);
	/* Slack is 3 units a frame: a gap has 7 or 8 lengths. */
	CU_ASSERT_TRUE(same_first < SEEDS / 2);
	CU_ASSERT_TRUE(same_last < SEEDS / 4);
}

/* The gaps share the slack: none of it waits for the last frame. */
static void
test_slack_is_spread(void)
{
	enum {
		FRAMES = 800
	};
	size_t at[FRAMES];
	size_t slack = shapes[1].len - shapes[1].stride * FRAMES;
	size_t first_half;
	size_t used;

	CU_ASSERT_TRUE_FATAL(place(&shapes[1], 9, at));
	first_half = at[FRAMES / 2] - shapes[1].stride * (FRAMES / 2);
	used = at[FRAMES - 1] - shapes[1].stride * (FRAMES - 1);
	CU_ASSERT_TRUE(first_half > slack / 4 && first_half < slack * 3 / 4);
	CU_ASSERT_TRUE(used > slack * 3 / 4);
}

/* Less slack than one unit a frame must vary as well. */
static void
test_little_slack(void)
{
	const struct shape tight = {885 * 2368 + 10 * 64, 2368, 64, 885};
	size_t at[885];
	uint32_t gaps = 0;
	uint32_t i;

	CU_ASSERT_TRUE_FATAL(place(&tight, 3, at));
	for (i = 1; i < 885; i++)
		gaps += at[i] - at[i - 1] - 2368 != 0;
	CU_ASSERT_TRUE(gaps >= 4 && gaps <= 10);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"frames are inside, apart, aligned", test_inside_apart_aligned},
		{"how many fit", test_fits},
		{"exact fit", test_exact_fit},
		{"gaps vary between seeds", test_gaps_vary},
		{"slack is spread over all gaps", test_slack_is_spread},
		{"little slack varies as well", test_little_slack},
		CU_TEST_INFO_NULL,
	};

	return unit_main("layout", tests);
}

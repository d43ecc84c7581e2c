/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Making a labyrinth: parameters, memory, the first order of its frames. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void
test_footprint_grows(void)
{
	struct labyrinth_params params = unit_params(1, 0);
	size_t one = labyrinth_footprint(&params);

	CU_ASSERT_TRUE(one > 0);
	params.frames = 100000;
	CU_ASSERT_TRUE(labyrinth_footprint(&params) >= one + 100000 * 2 * sizeof(void *));
	/* State beside the frames stays small: three pointers each, and rooms. */
	CU_ASSERT_TRUE(labyrinth_footprint(&params) < one + 100000 * 28);
	params.frames = LABYRINTH_FRAMES_MAX;
	CU_ASSERT_TRUE(labyrinth_footprint(&params) > (size_t)LABYRINTH_FRAMES_MAX * 16);
}

static void
check_no_footprint(const struct labyrinth_params *params)
{
	static _Alignas(128) uint8_t memory[1 << 20];

	CU_ASSERT_EQUAL(labyrinth_footprint(params), 0);
	CU_ASSERT_EQUAL(labyrinth_init((labyrinth_t *)memory, sizeof(memory), params, unit_seed(0)),
	                -EINVAL);
}

static void
test_bad_counts(void)
{
	struct labyrinth_params params = unit_params(100, 0);

	CU_ASSERT_EQUAL(labyrinth_footprint(NULL), 0);
	params.frames = 0;
	check_no_footprint(&params);
	params.frames = LABYRINTH_FRAMES_MAX + 1;
	check_no_footprint(&params);
	params.frames = UINT32_MAX;
	check_no_footprint(&params);
	params = unit_params(100, 0);
	params.lanes = LABYRINTH_LANES_MAX + 1;
	check_no_footprint(&params);
	params.lanes = UINT32_MAX;
	check_no_footprint(&params);
	params.lanes = LABYRINTH_LANES_MAX;
	CU_ASSERT_NOT_EQUAL(labyrinth_footprint(&params), 0);
	params.busy_lanes = UINT32_MAX;
	CU_ASSERT_NOT_EQUAL(labyrinth_footprint(&params), 0);
}

static void
test_contradictions(void)
{
	static const uint32_t bad[] = {
		LABYRINTH_F_CANARY,
		LABYRINTH_F_POISON,
		LABYRINTH_F_RANDOM_REUSE,
		LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_REPORT,
		LABYRINTH_F_PAGES | LABYRINTH_F_SEAL,
		LABYRINTH_F_PAGES | LABYRINTH_F_SEAL | LABYRINTH_F_CANARY,
		LABYRINTH_F_PAGES | LABYRINTH_F_POISON,
		LABYRINTH_F_PAGES | LABYRINTH_F_RANDOM_REUSE,
		LABYRINTH_F_PAGES | LABYRINTH_F_FIFO_REUSE,
		LABYRINTH_F_SEAL | LABYRINTH_F_RANDOM_REUSE | LABYRINTH_F_FIFO_REUSE,
		1u << 7,
		1u << 31,
	};
	struct labyrinth_params params = unit_params(100, LABYRINTH_F_PAGES);
	size_t i;

	check_no_footprint(&params); /* pages without a window */
	for (i = 0; i < UNIT_ARRAY_LEN(bad); i++) {
		params = unit_params(100, bad[i]);
		params.slots = 4;
		check_no_footprint(&params);
	}
}

static void
test_bad_lengths(void)
{
	static const struct {
		uint32_t frame_len;
		uint32_t keep_len;
		uint32_t poison_len;
	} bad[] = {
		{0, 0, 0}, {4, 0, 0}, {257, 0, 0}, {256, 4, 0}, {256, 264, 0}, {256, 0, 4},
	};
	static const uint32_t flags[] = {LABYRINTH_F_SEAL | LABYRINTH_F_CANARY,
	                                 LABYRINTH_F_SEAL | LABYRINTH_F_POISON};
	struct labyrinth_params params;
	size_t i;

	for (i = 0; i < 2 * UNIT_ARRAY_LEN(bad); i++) {
		params = unit_params(100, flags[i % 2]);
		params.frame_len = bad[i / 2].frame_len;
		params.keep_len = bad[i / 2].keep_len;
		params.poison_len = bad[i / 2].poison_len;
		check_no_footprint(&params);
	}
	params = unit_params(100, flags[1]);
	params.keep_len = 256;
	CU_ASSERT_NOT_EQUAL(labyrinth_footprint(&params), 0);
}

static void
test_bad_memory(void)
{
	struct labyrinth_params params = unit_params(100, 0);
	size_t len = labyrinth_footprint(&params);
	uint8_t *memory = aligned_alloc(128, len + 128);
	labyrinth_t *lab = (labyrinth_t *)memory;

	CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
	CU_ASSERT_EQUAL(labyrinth_init(NULL, len, &params, unit_seed(0)), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_init(lab, len, NULL, unit_seed(0)), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_init(lab, len, &params, NULL), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_init((labyrinth_t *)(memory + 64), len, &params, unit_seed(0)),
	                -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_init(lab, len - 1, &params, unit_seed(0)), -ENOSPC);
	CU_ASSERT_EQUAL(labyrinth_init(lab, 0, &params, unit_seed(0)), -ENOSPC);
	memset(memory + len, 0xee, 128);
	CU_ASSERT_EQUAL(labyrinth_init(lab, len, &params, unit_seed(0)), 0);
	CU_ASSERT_EQUAL(memory[len], 0xee);
	CU_ASSERT_EQUAL(labyrinth_lanes(lab), params.lanes + LABYRINTH_GUEST_LANES);
	CU_ASSERT_PTR_NULL(labyrinth_entrance(lab));
	CU_ASSERT_EQUAL(labyrinth_count(lab), 0);
	free(memory);
}

static void
test_add(void)
{
	static _Alignas(64) uint8_t memory[64 * 1024];
	struct labyrinth_params params = unit_params(3, LABYRINTH_F_SEAL);
	labyrinth_t *lab = aligned_alloc(128, labyrinth_footprint(&params));
	void *frame;

	CU_ASSERT_PTR_NOT_NULL_FATAL(lab);
	CU_ASSERT_EQUAL_FATAL(
		labyrinth_init(lab, labyrinth_footprint(&params), &params, unit_seed(0)), 0);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 64), -EINVAL); /* nothing covered */
	CU_ASSERT_EQUAL(labyrinth_cover(lab, memory, 0), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_cover(lab, memory, SIZE_MAX), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_cover(lab, memory, 32 * 1024), 0);
	CU_ASSERT_EQUAL(labyrinth_add(lab, NULL), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory), -EINVAL); /* its header lies outside */
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 65), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 72), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 32 * 1024 + 64), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 64), 0);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 1024), 0);
	/* Staged: nobody gets them yet. */
	CU_ASSERT_EQUAL(labyrinth_count(lab), 0);
	CU_ASSERT_EQUAL(labyrinth_get(lab, 0, &frame, 1), -ENOENT);
	labyrinth_open(lab);
	CU_ASSERT_EQUAL(labyrinth_count(lab), 2);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 2048), 0);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 4096), -ENOSPC);
	CU_ASSERT_EQUAL(labyrinth_count(lab), 2);
	labyrinth_open(lab);
	labyrinth_open(lab);
	CU_ASSERT_EQUAL(labyrinth_count(lab), 3);
	free(lab);
}

/* A piece smaller than a line has no place for a header, let alone more. */
static void
test_tiny_cover(void)
{
	struct labyrinth_params params = unit_params(3, LABYRINTH_F_SEAL);
	labyrinth_t *lab;
	static _Alignas(64) uint8_t memory[1024];

	params.slots = 4;
	lab = aligned_alloc(128, labyrinth_footprint(&params));
	CU_ASSERT_PTR_NOT_NULL_FATAL(lab);
	CU_ASSERT_EQUAL_FATAL(
		labyrinth_init(lab, labyrinth_footprint(&params), &params, unit_seed(0)), 0);
	CU_ASSERT_EQUAL(labyrinth_cover(lab, memory + 8, 16), 0);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 128), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_add(lab, memory + 512), -EINVAL);
	free(lab);
}

/* Window: walls hold no frames. */
static void
test_window(void)
{
	struct labyrinth_params params = unit_params(3, LABYRINTH_F_SEAL);
	struct unit_lab u;
	uint8_t *base;

	params.slots = 4;
	params.frame_len = 3 << 20;
	if (!unit_make(&u, &params, 0))
		return;
	base = u.memory;
	CU_ASSERT_EQUAL_FATAL(labyrinth_init(u.lab, u.len, &params, unit_seed(0)), 0);
	CU_ASSERT_EQUAL(labyrinth_window(u.lab, base + 4096, 4), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_window(u.lab, base, 0), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_window(u.lab, base, 5), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_window_open(u.lab, 0), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_window(u.lab, base, 4), 0);
	CU_ASSERT_PTR_EQUAL(labyrinth_entrance(u.lab), base);
	CU_ASSERT_EQUAL(labyrinth_window_open(u.lab, 4), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_add(u.lab, base + 64), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_window_open(u.lab, 1), 0);
	CU_ASSERT_EQUAL(labyrinth_add(u.lab, base + 64), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_add(u.lab, base + LABYRINTH_SLOT_SIZE), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_add(u.lab, base + LABYRINTH_SLOT_SIZE + 64), 0);
	CU_ASSERT_EQUAL(labyrinth_add(u.lab, base + 2 * LABYRINTH_SLOT_SIZE + 64), -EINVAL);
	unit_drop(&u);
}

static const uint32_t sizes[] = {1, 2, 255, 256, 257, 1000, 5000};

static void
test_every_frame_once(void)
{
	static const uint32_t flags[] = {0, LABYRINTH_F_SEAL,
	                                 LABYRINTH_F_SEAL | LABYRINTH_F_CANARY |
	                                         LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE};
	struct unit_lab u;
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(sizes) * UNIT_ARRAY_LEN(flags); i++) {
		struct labyrinth_params params = unit_params(sizes[i % UNIT_ARRAY_LEN(sizes)],
		                                             flags[i / UNIT_ARRAY_LEN(sizes)]);
		struct labyrinth_stats stats;
		void *frame = NULL;

		if (!unit_make(&u, &params, i))
			continue;
		CU_ASSERT_TRUE(unit_all_once(&u, 3));
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, 3, &frame, 1), -ENOENT);
		CU_ASSERT_PTR_NULL(frame);
		labyrinth_put(u.lab, 3, u.got, u.frames);
		CU_ASSERT_EQUAL(labyrinth_count(u.lab), u.frames);
		labyrinth_stats(u.lab, &stats);
		CU_ASSERT_EQUAL(stats.frames, u.frames);
		CU_ASSERT_EQUAL(stats.available + stats.cached, u.frames);
		CU_ASSERT_EQUAL(stats.failures, 1);
		CU_ASSERT_EQUAL(stats.violations, 0);
		CU_ASSERT_EQUAL(stats.quarantined, 0);
		CU_ASSERT_TRUE(unit_all_once(&u, 0));
		unit_drop(&u);
	}
}

/* Two seeds, two orders; each unlike the order of addresses. */
static void
test_orders(void)
{
	enum {
		FRAMES = 1000,
		SEEDS = 8
	};
	static uint32_t order[SEEDS][FRAMES];
	struct labyrinth_params params = unit_params(FRAMES, 0);
	uint32_t s;
	uint32_t i;

	for (s = 0; s < SEEDS; s++) {
		uint32_t neighbours = 0;
		uint32_t same = 0;
		struct unit_lab u;

		if (!unit_make(&u, &params, 50 + s))
			return;
		CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, FRAMES), 0);
		for (i = 0; i < FRAMES; i++) {
			order[s][i] = unit_index(&u, u.got[i]);
			if (i > 0)
				neighbours += order[s][i] == order[s][i - 1] + 1 ||
				              order[s][i] + 1 == order[s][i - 1];
			same += s > 0 && order[s][i] == order[0][i];
		}
		/* Two expected, standard deviation 1.4; one expected for `same`. */
		CU_ASSERT_TRUE(neighbours < 12);
		CU_ASSERT_TRUE(same < 9);
		unit_drop(&u);
	}
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"the footprint grows with the frames", test_footprint_grows},
		{"numbers out of range", test_bad_counts},
		{"flags that contradict each other", test_contradictions},
		{"lengths that do not fit", test_bad_lengths},
		{"memory that does not fit", test_bad_memory},
		{"adding and opening", test_add},
		{"covering less than a line", test_tiny_cover},
		{"window and walls", test_window},
		{"every frame exactly once", test_every_frame_once},
		{"two seeds give two orders", test_orders},
		CU_TEST_INFO_NULL,
	};

	return unit_main("init", tests);
}

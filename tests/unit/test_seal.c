/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Every misuse of a frame: found, told, stopped or survived. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit_maze.h"
#include "unit_misuse.h"

enum {
	FRAMES = 600
};

struct plan {
	const struct unit_misuse *misuse;
	uint32_t flags;
};

static void
child_misuses(void *arg)
{
	const struct plan *plan = arg;
	struct labyrinth_params params = unit_params(FRAMES, plan->flags);
	struct unit_lab u;

	labyrinth_violation_handler(unit_tell);
	if (unit_make(&u, &params, 1))
		plan->misuse->fn(&u);
}

static void
check_stops(const struct plan *plan)
{
	struct unit_end end;
	char want[256];

	snprintf(want, sizeof(want), "kind: %s\nlabyrinth: stopped after a violation\n",
	         labyrinth_violation_name(plan->misuse->kind));
	unit_child(child_misuses, (void *)(uintptr_t)plan, &end);
	if (!unit_died(&end, SIGABRT) || strcmp(end.text, want) != 0) {
		fprintf(stderr, "%s: %s\n", plan->misuse->name, end.text);
		CU_FAIL("did not stop, or with another message");
	}
}

static void
test_stops(void)
{
	size_t i;

	for (i = 0; i < unit_misuses_len; i++) {
		struct plan plan = {&unit_misuses[i], unit_misuses[i].flags};

		check_stops(&plan);
		/* What guard finds, strict finds as well. */
		plan.flags = UNIT_STRICT;
		check_stops(&plan);
		CU_PASS("as it must");
	}
}

/* What guard does not look at must not be told of by chance. */
static void
test_needs_its_flag(void)
{
	struct unit_end end;
	size_t i;

	for (i = 0; i < unit_misuses_len; i++) {
		struct plan plan = {&unit_misuses[i], LABYRINTH_F_SEAL};

		if (unit_misuses[i].flags == LABYRINTH_F_SEAL)
			continue;
		unit_child(child_misuses, &plan, &end);
		CU_ASSERT_TRUE(unit_lived(&end));
	}
}

static void
check_told(const struct unit_misuse *misuse, const struct unit_lab *u)
{
	CU_ASSERT_EQUAL(unit_told, 1);
	CU_ASSERT_EQUAL(unit_last.kind, misuse->kind);
	if (unit_told != 1 || unit_last.kind != misuse->kind)
		fprintf(stderr, "%s: told %u times, last \"%s\"\n", misuse->name, unit_told,
		        labyrinth_violation_name(unit_last.kind));
	CU_ASSERT_PTR_EQUAL(unit_last.lab, u->lab);
	CU_ASSERT_FALSE(unit_last.stop);
	CU_ASSERT_EQUAL(unit_last.frame_len, u->frame_len);
	if (misuse->kind == LABYRINTH_FOREIGN) {
		CU_ASSERT_PTR_NULL(unit_last.nearest);
	} else {
		CU_ASSERT_NOT_EQUAL(unit_index(u, unit_last.nearest), UINT32_MAX);
	}
}

/* All but the frames taken out and those the misuse kept are there, once each. */
static void
check_others(const struct unit_misuse *misuse, struct unit_lab *u)
{
	bool seen[FRAMES] = {false};
	struct labyrinth_stats stats;
	uint32_t again = 0;
	uint32_t got = 0;
	void *frame;

	labyrinth_stats(u->lab, &stats);
	CU_ASSERT_EQUAL(stats.violations, 1);
	CU_ASSERT_EQUAL(stats.quarantined, misuse->lost);
	CU_ASSERT_EQUAL(stats.available + stats.cached, FRAMES - misuse->lost - misuse->kept);
	while (labyrinth_get(u->lab, 4, &frame, 1) == 0) {
		uint32_t index = unit_index(u, frame);

		again += index == UINT32_MAX || seen[index];
		if (index != UINT32_MAX)
			seen[index] = true;
		got++;
	}
	CU_ASSERT_EQUAL(again, 0);
	CU_ASSERT_EQUAL(got, FRAMES - misuse->lost - misuse->kept);
	if (got != FRAMES - misuse->lost - misuse->kept)
		fprintf(stderr, "%s: %u frames left\n", misuse->name, got);
	CU_ASSERT_EQUAL(unit_told, 1);
}

static void
test_reports(void)
{
	static const uint32_t more[] = {0, UNIT_STRICT};
	size_t i;

	labyrinth_violation_handler(unit_remember);
	for (i = 0; i < 2 * unit_misuses_len; i++) {
		const struct unit_misuse *misuse = &unit_misuses[i / 2];
		struct labyrinth_params params =
			unit_params(FRAMES, misuse->flags | more[i % 2] | LABYRINTH_F_REPORT);
		struct unit_lab u;

		if (!unit_make(&u, &params, 1))
			break;
		unit_told = 0;
		misuse->fn(&u);
		check_told(misuse, &u);
		check_others(misuse, &u);
		unit_drop(&u);
	}
	labyrinth_violation_handler(NULL);
}

/* A quarantined frame put once more is a violation again, and stays out. */
static void
test_quarantine_lasts(void)
{
	struct labyrinth_params params = unit_params(10, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT);
	struct labyrinth_stats stats;
	struct unit_lab u;

	if (!unit_make(&u, &params, 1))
		return;
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, 1), 0);
	memset((uint8_t *)u.got[0] - LABYRINTH_HEADER_LEN, 0xee, 8);
	/* Of a bulk, the header of the first frame is looked at. */
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, &u.got[1], 1), 0);
	labyrinth_put(u.lab, 0, u.got, 2);
	labyrinth_put(u.lab, 0, u.got, 1);
	CU_ASSERT_EQUAL(unit_told, 2);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_DOUBLE_FREE);
	labyrinth_stats(u.lab, &stats);
	CU_ASSERT_EQUAL(stats.violations, 2);
	CU_ASSERT_EQUAL(stats.quarantined, 1);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, 10), -ENOENT);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, u.got, 9), 0);
	labyrinth_violation_handler(NULL);
	unit_drop(&u);
}

/* Pointers into a maze: its walls are no frames, and are not touched. */
static void
child_puts_wall(void *arg)
{
	struct labyrinth_params params = unit_params(10, LABYRINTH_F_SEAL);
	struct labyrinth_maze_params wide = unit_maze_params(LABYRINTH_MAZE_SMALL, 2);
	struct labyrinth_maze maze;
	uint32_t slot_of[2];
	labyrinth_t *lab;
	uint8_t *block;
	void *frame;

	if (labyrinth_maze_map(&maze, &wide, slot_of, unit_seed(2)) != 0)
		_exit(1);
	params.slots = maze.slots;
	lab = aligned_alloc(128, labyrinth_footprint(&params));
	block = labyrinth_maze_block(&maze, 0);
	if (lab == NULL ||
	    labyrinth_init(lab, labyrinth_footprint(&params), &params, unit_seed(2)) != 0 ||
	    labyrinth_maze_cover(lab, &maze) != 0 || labyrinth_add(lab, block + 64) != 0)
		_exit(2);
	labyrinth_open(lab);
	labyrinth_violation_handler(unit_tell);
	frame = block + *(const ssize_t *)arg;
	labyrinth_put(lab, 0, &frame, 1);
}

static void
test_walls(void)
{
	static const ssize_t offs[] = {0,
	                               LABYRINTH_SLOT_SIZE + 64,
	                               2 * LABYRINTH_SLOT_SIZE,
	                               -(ssize_t)LABYRINTH_SLOT_SIZE,
	                               -64,
	                               4096};
	struct unit_end end;
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(offs); i++) {
		ssize_t off = offs[i];

		unit_child(child_puts_wall, &off, &end);
		CU_ASSERT_TRUE(unit_died(&end, SIGABRT));
		CU_ASSERT_PTR_NOT_NULL(strstr(end.text, "labyrinth: stopped after a violation\n"));
	}
}

static void
test_names(void)
{
	int i;
	int j;

	for (i = 0; i < LABYRINTH_VIOLATION_KINDS; i++) {
		const char *name = labyrinth_violation_name((enum labyrinth_violation_kind)i);

		CU_ASSERT_PTR_NOT_NULL_FATAL(name);
		for (j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(
				name, labyrinth_violation_name((enum labyrinth_violation_kind)j));
	}
	CU_ASSERT_STRING_EQUAL(labyrinth_violation_name((enum labyrinth_violation_kind)99),
	                       "unknown");
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"every misuse stops the process", test_stops},
		{"guard does not tell of what it does not check", test_needs_its_flag},
		{"every misuse is reported and survived", test_reports},
		{"quarantine lasts", test_quarantine_lasts},
		{"walls hold no frames", test_walls},
		{"kinds have names", test_names},
		CU_TEST_INFO_NULL,
	};

	return unit_main("seal", tests);
}

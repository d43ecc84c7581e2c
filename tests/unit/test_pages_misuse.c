/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Raw pages misused, and none left: each in a child of its own, and reported. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit_pages.h"

#define STOPPED "labyrinth: stopped after a violation\n"

static void
double_free(struct unit_pages *p)
{
	void *page = LABYRINTH_ALLOC_PAGE(p->lab);

	labyrinth_free_page(p->lab, page);
	labyrinth_free_page(p->lab, page);
}

static void
never_allocated(struct unit_pages *p)
{
	labyrinth_free_page(p->lab, (uint8_t *)labyrinth_maze_block(&p->maze, 0) + 4096 * 5);
}

static void
wall(struct unit_pages *p)
{
	labyrinth_free_page(p->lab,
	                    (uint8_t *)labyrinth_maze_block(&p->maze, 1) + LABYRINTH_SLOT_SIZE);
}

static void
before_the_window(struct unit_pages *p)
{
	labyrinth_free_page(p->lab, (uint8_t *)p->maze.entrance - 4096);
}

static void
behind_the_window(struct unit_pages *p)
{
	labyrinth_free_page(p->lab, (uint8_t *)p->maze.entrance +
	                                    (size_t)p->maze.slots * LABYRINTH_SLOT_SIZE);
}

static void
misaligned(struct unit_pages *p)
{
	labyrinth_free_page(p->lab, (uint8_t *)LABYRINTH_ALLOC_PAGE(p->lab) + 8);
}

static void
stack(struct unit_pages *p)
{
	_Alignas(4096) uint8_t memory[4096];

	labyrinth_free_page(p->lab, memory);
}

static void
heap(struct unit_pages *p)
{
	void *memory = aligned_alloc(4096, 4096);

	labyrinth_free_page(p->lab, memory);
	free(memory);
}

static void
other_labyrinth(struct unit_pages *p)
{
	struct unit_pages other;
	struct labyrinth_maze_params params = unit_maze_params(LABYRINTH_MAZE_SMALL, 1);

	/* Its maze is enough: its pages are not ours. */
	memset(&other, 0, sizeof(other));
	if (labyrinth_maze_map(&other.maze, &params, other.slot_of, unit_seed(99)) != 0)
		_exit(1);
	labyrinth_free_page(p->lab, labyrinth_maze_block(&other.maze, 0));
	labyrinth_maze_unmap(&other.maze);
}

/* A page of the maze which the labyrinth has no room for. */
static void
page_not_added(struct unit_pages *p)
{
	labyrinth_free_page(p->lab, (uint8_t *)labyrinth_maze_block(&p->maze, 1) +
	                                    LABYRINTH_SLOT_SIZE - 4096);
}

static const struct misuse {
	void (*fn)(struct unit_pages *p);
	enum labyrinth_violation_kind kind;
} misuses[] = {
	{double_free, LABYRINTH_DOUBLE_FREE},
	{never_allocated, LABYRINTH_NEVER_ALLOCATED},
	{wall, LABYRINTH_FOREIGN},
	{before_the_window, LABYRINTH_FOREIGN},
	{behind_the_window, LABYRINTH_FOREIGN},
	{misaligned, LABYRINTH_FOREIGN},
	{stack, LABYRINTH_FOREIGN},
	{heap, LABYRINTH_FOREIGN},
	{other_labyrinth, LABYRINTH_FOREIGN},
	{page_not_added, LABYRINTH_FOREIGN},
};

static void
child_misuses(void *arg)
{
	const struct misuse *misuse = arg;
	struct unit_pages p;

	labyrinth_violation_handler(unit_tell);
	/* A maze is not inherited by a child: it makes its own. */
	if (unit_pages_make_some(&p, 2, 0, 1000))
		misuse->fn(&p);
}

static void
test_panic(void)
{
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(misuses); i++) {
		struct misuse misuse = misuses[i];
		struct unit_end end;
		char want[128];

		unit_child(child_misuses, &misuse, &end);
		CU_ASSERT_TRUE(unit_died(&end, SIGABRT));
		snprintf(want, sizeof(want), "kind: %s\n" STOPPED,
		         labyrinth_violation_name(misuse.kind));
		CU_ASSERT_STRING_EQUAL(end.text, want);
	}
}

static void
test_report(void)
{
	struct labyrinth_stats stats;
	struct unit_pages p;
	size_t i;

	labyrinth_violation_handler(unit_remember);
	for (i = 0; i < UNIT_ARRAY_LEN(misuses); i++) {
		uint32_t owned = misuses[i].fn == misaligned;
		uint32_t got = 0;

		if (!unit_pages_make_some(&p, 2, LABYRINTH_F_REPORT, 1000))
			break;
		unit_told = 0;
		misuses[i].fn(&p);
		CU_ASSERT_EQUAL(unit_told, 1);
		CU_ASSERT_EQUAL(unit_last.kind, misuses[i].kind);
		CU_ASSERT_FALSE(unit_last.stop);
		CU_ASSERT_PTR_EQUAL(unit_last.lab, p.lab);
		CU_ASSERT_EQUAL(unit_last.lane, LABYRINTH_LANE_ANY);
		labyrinth_stats(p.lab, &stats);
		CU_ASSERT_EQUAL(stats.violations, 1);
		CU_ASSERT_EQUAL(stats.quarantined, 0);
		CU_ASSERT_EQUAL(stats.available, 1000 - owned);
		while (LABYRINTH_ALLOC_PAGE(p.lab) != NULL)
			got++;
		CU_ASSERT_EQUAL(got, 1000 - owned);
		unit_pages_drop(&p);
	}
	labyrinth_violation_handler(NULL);
}

static void
child_finds_no_exit(void *arg)
{
	uint32_t flags = *(const uint32_t *)arg;
	struct unit_pages p;
	uint32_t i;

	if (!unit_pages_make(&p, 1, flags))
		return;
	for (i = 0; i < p.pages; i++) {
		if (LABYRINTH_ALLOC_PAGE(p.lab) == NULL)
			_exit(1);
	}
	LABYRINTH_ALLOC_PAGE(p.lab);
}

static void
test_no_exit(void)
{
	static const uint32_t with[] = {LABYRINTH_F_OOM_PANIC,
	                                LABYRINTH_F_OOM_PANIC | LABYRINTH_F_REPORT};
	uint32_t none = 0;
	struct unit_end end;
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(with); i++) {
		uint32_t flags = with[i];

		unit_child(child_finds_no_exit, &flags, &end);
		CU_ASSERT_TRUE(unit_died(&end, SIGABRT));
		CU_ASSERT_STRING_EQUAL(end.text, "Sorry, the labyrinth has no exit\n");
	}
	unit_child(child_finds_no_exit, &none, &end);
	CU_ASSERT_TRUE(unit_lived(&end));
	CU_ASSERT_STRING_EQUAL(end.text, "");
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"a misused page stops the process", test_panic},
		{"a misused page is reported", test_report},
		{"the labyrinth has no exit", test_no_exit},
		CU_TEST_INFO_NULL,
	};

	return unit_main("pages misuse", tests);
}

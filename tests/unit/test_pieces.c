/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Pieces of memory and the table of slots: which share entries, and where one ends. */

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "labyrinth_private.h"
#include "path.h"
#include "unit.h"

#define MIB  ((size_t)1 << 20)
#define SLOT LABYRINTH_SLOT_SIZE
/* More than any test needs; nothing of it is touched but frames. */
#define ARENA (4096 * MIB)

enum {
	FRAMES = 200,
	STRIDE = 384,
};

static struct unit_lab u;
static uint8_t *arena;

/* A labyrinth without memory; the arena begins with a slot that has the table's first entry. */
static void
make(uint32_t slots, uint32_t flags, uint32_t kept)
{
	struct labyrinth_params params = unit_params(FRAMES, flags | LABYRINTH_F_REPORT);
	uintptr_t all = 1024 * SLOT;
	size_t len;

	params.slots = slots;
	params.memory = 64;
	params.lane_frames = kept;
	len = labyrinth_footprint(&params);
	u.lab = aligned_alloc(128, len);
	CU_ASSERT_FATAL(u.lab != NULL);
	CU_ASSERT_EQUAL_FATAL(labyrinth_init(u.lab, len, &params, unit_seed(1)), 0);
	u.memory = mmap(NULL, ARENA + all, PROT_READ | PROT_WRITE,
	                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	CU_ASSERT_FATAL(u.memory != MAP_FAILED);
	arena = (uint8_t *)(((uintptr_t)u.memory + all - 1) & ~(all - 1));
	unit_told = 0;
	labyrinth_violation_handler(unit_remember);
}

static void
drop(void)
{
	labyrinth_violation_handler(NULL);
	munmap(u.memory, ARENA + 1024 * SLOT);
	free(u.lab);
}

/* Frames side by side from this header on. */
static void
add(uint8_t *header, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		CU_ASSERT_EQUAL(
			labyrinth_add(u.lab, header + (size_t)i * STRIDE + LABYRINTH_HEADER_LEN),
			0);
}

/* Get and put n frames from a lane, few times and one by one: nothing is told. */
static void
use(uint32_t lane, uint32_t n)
{
	void *got[FRAMES];
	uint32_t i;

	for (i = 0; i < 20; i++) {
		uint32_t some = 1 + i * 7 % n;

		CU_ASSERT_EQUAL(labyrinth_get(u.lab, lane, got, some), 0);
		labyrinth_put(u.lab, lane, got, some);
	}
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, lane, got, n), 0);
	for (i = 0; i < n; i++)
		labyrinth_put(u.lab, lane, &got[i], 1);
	CU_ASSERT_EQUAL(unit_told, 0);
}

/*
 * Two pieces at the same offsets of slots that share an entry of the table: the second is searched
 * for, and the addresses of its frames lead to the words of the first one's.
 */
static void
check_shared_entry(uint32_t kept)
{
	void *got[FRAMES];

	make(1, LABYRINTH_F_SEAL, kept);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena, FRAMES / 2 * STRIDE), 0);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena + 2 * SLOT, FRAMES / 2 * STRIDE), 0);
	add(arena, FRAMES / 2);
	add(arena + 2 * SLOT, FRAMES / 2);
	labyrinth_open(u.lab);
	CU_ASSERT(u.lab->aliased);
	use(0, FRAMES);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, got, FRAMES), 0);
	labyrinth_put(u.lab, 0, got, FRAMES);
	labyrinth_put(u.lab, 0, got, FRAMES);
	CU_ASSERT_EQUAL(unit_told, FRAMES);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_DOUBLE_FREE);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), FRAMES);
	drop();
}

static void
test_shared_entry(void)
{
	check_shared_entry(0);
	check_shared_entry(LABYRINTH_ROOM_FRAMES);
}

/* A frame whose header is in the part that the table reaches, and which is itself behind it. */
static void
test_across(void)
{
	make(4, LABYRINTH_F_SEAL, 0);
	/* Eight entries: the ninth slot shares that of the first. */
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena, 10 * SLOT), 0);
	add(arena + 8 * SLOT - LABYRINTH_HEADER_LEN, 1);
	add(arena + 4 * SLOT - LABYRINTH_HEADER_LEN, 1);
	labyrinth_open(u.lab);
	use(0, 2);
	drop();
	/* Memory that ends with the header has no place for the frame. */
	make(4, LABYRINTH_F_SEAL, 0);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena, SLOT), 0);
	CU_ASSERT_EQUAL(labyrinth_add(u.lab, arena + SLOT), -EINVAL);
	drop();
}

/* A small piece far away, whose slot has words later: its frames keep theirs. */
static void
check_opened_later(size_t wide)
{
	uint8_t *far;

	make(1024, LABYRINTH_F_SEAL, 0);
	far = arena + 100 * MIB;
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena, SLOT), 0);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, far, 4096), 0);
	add(far, 5);
	labyrinth_open(u.lab);
	use(0, 5);
	if (wide == 4096)
		CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena + 200 * MIB, 32 * MIB), 0);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, far + 4096, wide), 0);
	add(far + 4096, 5);
	labyrinth_open(u.lab);
	use(0, 10);
	drop();
}

static void
test_opened_later(void)
{
	check_opened_later(32 * MIB);
	check_opened_later(4096);
}

/*
 * A frame that is searched for is in a kept lane's room when memory comes whose addresses lead to
 * the same words.
 */
static void
check_comes_later(const struct lab_path *form)
{
	uint8_t *far;
	void *f[2];

	lab_path_use(form);
	make(64, LABYRINTH_F_SEAL, LABYRINTH_ROOM_FRAMES);
	far = arena + 1024 * MIB + 40 * MIB;
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena, SLOT), 0);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, far, 4096), 0);
	add(far, 1);
	labyrinth_open(u.lab);
	use(0, 1);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena + 40 * MIB, 32 * MIB), 0);
	add(arena + 40 * MIB, 1);
	labyrinth_open(u.lab);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 1, f, 1), 0);
	labyrinth_put(u.lab, 0, f, 1);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, f, 2), 0);
	labyrinth_put(u.lab, 0, &f[0], 1);
	labyrinth_put(u.lab, 0, &f[1], 1);
	CU_ASSERT_EQUAL(unit_told, 0);
	CU_ASSERT_EQUAL(labyrinth_count(u.lab), 2);
	drop();
}

static void
test_comes_later(void)
{
	const struct lab_path *form;
	uint32_t nth;

	for (nth = 0; (form = lab_path_nth(nth)) != NULL; nth++)
		check_comes_later(form);
	lab_path_use(lab_path_nth(0));
}

/* The upper part of memory comes first: a frame lies across the seam. */
static void
test_downwards(void)
{
	void *f;
	void *inside;

	make(64, LABYRINTH_F_SEAL, 0);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena + 10 * MIB + MIB / 2, MIB / 2), 0);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena + 8 * MIB, 2 * MIB + MIB / 2), 0);
	add(arena + 10 * MIB - 192, 1);
	labyrinth_open(u.lab);
	CU_ASSERT_EQUAL(labyrinth_get(u.lab, 0, &f, 1), 0);
	inside = arena + 10 * MIB + 64;
	labyrinth_put(u.lab, 0, &inside, 1);
	CU_ASSERT_EQUAL(unit_told, 1);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_INTERIOR);
	CU_ASSERT_PTR_EQUAL(unit_last.nearest, f);
	drop();
}

/* Raw pages lie in a window, not in pieces. */
static void
test_pages(void)
{
	make(17, LABYRINTH_F_PAGES, 0);
	CU_ASSERT_EQUAL(labyrinth_cover(u.lab, arena, 2 * SLOT), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_add(u.lab, arena), -EINVAL);
	drop();
}

/* A window that is declared once more has walls only. */
static void
test_window_again(void)
{
	make(4, LABYRINTH_F_SEAL, 0);
	CU_ASSERT_EQUAL(labyrinth_window(u.lab, arena, 4), 0);
	CU_ASSERT_EQUAL(labyrinth_window_open(u.lab, 1), 0);
	CU_ASSERT_EQUAL(labyrinth_window(u.lab, arena + 8 * SLOT, 4), 0);
	CU_ASSERT_EQUAL(labyrinth_add(u.lab, arena + SLOT + LABYRINTH_HEADER_LEN), -EINVAL);
	CU_ASSERT_EQUAL(labyrinth_window_open(u.lab, 0), 0);
	add(arena + 8 * SLOT, 1);
	labyrinth_open(u.lab);
	use(0, 1);
	drop();
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"pieces that share an entry of the table", test_shared_entry},
		{"a frame at the end of what the table reaches", test_across},
		{"a slot that has words later", test_opened_later},
		{"memory that comes while a lane is kept", test_comes_later},
		{"memory that comes downwards", test_downwards},
		{"pages in pieces", test_pages},
		{"a window twice", test_window_again},
		CU_TEST_INFO_NULL,
	};

	return unit_main("pieces", tests);
}

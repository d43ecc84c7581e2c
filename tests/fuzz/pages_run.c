/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Raw pages against a set of those that are free and those that are owned. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "labyrinth_maze.h"
#include "pages_run.h"
#include "told.h"

#define PER_SLOT  (LABYRINTH_SLOT_SIZE / LABYRINTH_PAGE_SIZE)
#define PAGES_MAX (3 * PER_SLOT)

enum page_state {
	PAGE_NONE, /* not added */
	PAGE_NEW,  /* free, nobody ever had it */
	PAGE_FREE,
	PAGE_OWNED,
};

static struct {
	struct labyrinth_params params;
	labyrinth_t *lab;
	enum page_state state[3][PER_SLOT]; /* by open slot */
	uint32_t added;
	uint32_t free;
	uint64_t violations;
} p;

static uint8_t *
page_at(uint32_t number)
{
	return arena_slot(arena_open[number / PER_SLOT]) +
	       (size_t)(number % PER_SLOT) * LABYRINTH_PAGE_SIZE;
}

static enum page_state *
state_of(const void *page)
{
	static enum page_state none;
	uint32_t i;

	none = PAGE_NONE;
	for (i = 0; i < 3; i++) {
		uintptr_t off = (uintptr_t)page - (uintptr_t)arena_slot(arena_open[i]);

		if (off < LABYRINTH_SLOT_SIZE && off % LABYRINTH_PAGE_SIZE == 0)
			return &p.state[i][off / LABYRINTH_PAGE_SIZE];
	}
	return &none;
}

static void
added(void *page)
{
	*state_of(page) = PAGE_NEW;
	p.added++;
	p.free++;
}

/* By hand: slot by slot, from the first page of each; any other way is refused. */
static void
add_by_hand(struct fuzz_bytes *bytes)
{
	uint32_t first = fuzz_byte(bytes) % 3;
	uint32_t i;
	int ret;

	ret = labyrinth_window(p.lab, arena_entrance(), ARENA_SLOTS);
	FUZZ_EXPECT(ret == 0, "pages: window: %d", ret);
	for (i = 0; i < 3; i++)
		FUZZ_EXPECT(labyrinth_window_open(p.lab, arena_open[i]) == 0, "pages: open");
	for (i = 0; i < PAGES_MAX; i++) {
		uint8_t *page = page_at((first * PER_SLOT + i) % PAGES_MAX);

		FUZZ_EXPECT(p.added == p.params.frames ||
		                    labyrinth_add(p.lab, page + PER_SLOT) == -EINVAL,
		            "pages: a misaligned one was taken");
		FUZZ_EXPECT(p.added == p.params.frames || i % PER_SLOT > PER_SLOT - 2 ||
		                    labyrinth_add(p.lab, page + LABYRINTH_PAGE_SIZE) == -EINVAL,
		            "pages: one that is not the next was taken");
		ret = labyrinth_add(p.lab, page);
		FUZZ_EXPECT(ret == (p.added < p.params.frames ? 0 : -ENOSPC), "pages: add: %d",
		            ret);
		if (ret != 0)
			return;
		added(page);
		FUZZ_EXPECT(p.added == p.params.frames || labyrinth_add(p.lab, page) == -EINVAL,
		            "pages: one was taken twice");
	}
}

static void
add_by_maze(struct fuzz_bytes *bytes)
{
	uint32_t first = fuzz_byte(bytes) % 3;
	uint32_t slot_of[3];
	struct labyrinth_maze maze = {
		.entrance = arena_entrance(),
		.slots = ARENA_SLOTS,
		.blocks = 3,
		.slot_of = slot_of,
		.fd = -1,
	};
	uint32_t i;
	int ret;

	for (i = 0; i < 3; i++)
		slot_of[i] = arena_open[(first + i) % 3];
	ret = labyrinth_maze_cover(p.lab, &maze);
	FUZZ_EXPECT(ret == 0, "pages: cover: %d", ret);
	ret = labyrinth_maze_add_pages(p.lab, &maze);
	FUZZ_EXPECT(ret >= 0 && (uint32_t)ret ==
	                                (p.params.frames < PAGES_MAX ? p.params.frames : PAGES_MAX),
	            "pages: add: %d", ret);
	for (i = 0; (int)i < ret; i++)
		added(page_at((first * PER_SLOT + i) % PAGES_MAX));
}

static void
alloc(uint32_t gfp)
{
	const uint32_t all = LABYRINTH_GFP_ATOMIC | LABYRINTH_GFP_EXCLUSIVE;
	void *page = alloc_labyrinth_page_atomic_exclusive(p.lab, gfp);
	enum page_state *state;

	if (gfp != all || p.free == 0) {
		FUZZ_EXPECT(page == NULL, "pages: %p, though none is free", page);
		return;
	}
	FUZZ_EXPECT(page != NULL, "pages: none found, %u are free", p.free);
	state = state_of(page);
	FUZZ_EXPECT(*state == PAGE_NEW || *state == PAGE_FREE, "pages: %p is not free", page);
	*state = PAGE_OWNED;
	p.free--;
	memset(page, 0x5a, 64);
}

static void
give_back(void *page)
{
	enum page_state *state = state_of(page);
	enum labyrinth_violation_kind kind = LABYRINTH_FOREIGN;

	if (*state != PAGE_OWNED && (p.params.flags & LABYRINTH_F_REPORT) == 0)
		return;
	told_clear();
	labyrinth_free_page(p.lab, page);
	if (*state == PAGE_OWNED || page == NULL) {
		FUZZ_EXPECT(told.count == 0, "pages: told by mistake");
		p.free += page != NULL;
		*state = page == NULL ? *state : PAGE_FREE;
		return;
	}
	if (*state != PAGE_NONE)
		kind = *state == PAGE_NEW ? LABYRINTH_NEVER_ALLOCATED : LABYRINTH_DOUBLE_FREE;
	FUZZ_EXPECT(told.count == 1 && told.list[0].kind == kind && told.list[0].frame == page,
	            "pages: not told \"%s\" of %p, but \"%s\"", labyrinth_violation_name(kind),
	            page,
	            told.count == 0 ? "nothing" : labyrinth_violation_name(told.list[0].kind));
	p.violations++;
}

static void *
some_page(struct fuzz_bytes *bytes, bool owned)
{
	uint32_t from = fuzz_word(bytes);
	uint32_t i;

	for (i = 0; owned && i < PAGES_MAX; i++) {
		void *page = page_at((from + i) % PAGES_MAX);

		if (*state_of(page) == PAGE_OWNED)
			return page;
	}
	switch (owned ? 0 : fuzz_byte(bytes) % 8) {
	case 0:
		return NULL;
	case 1:
		return arena_slot(2) + from % 512 * LABYRINTH_PAGE_SIZE;
	case 2:
		return page_at(from % PAGES_MAX) + 1 + from % 4095;
	case 3:
		return arena_slot(from % 64);
	case 4:
		return (void *)(uintptr_t)(0xdeadbeefdead0000ull + from * 64ull);
	default:
		return page_at(from % PAGES_MAX);
	}
}

static void
check_counts(void)
{
	struct labyrinth_stats stats;

	labyrinth_stats(p.lab, &stats);
	FUZZ_EXPECT(labyrinth_count(p.lab) == p.free && stats.available == p.free,
	            "pages: count %u, %u are free", labyrinth_count(p.lab), p.free);
	FUZZ_EXPECT(stats.frames == p.added && stats.violations == p.violations,
	            "pages: wrong statistics");
}

static void
pages_do(struct fuzz_bytes *bytes)
{
	uint8_t what = fuzz_byte(bytes);
	uint32_t n;

	if (what < 128) {
		for (n = what % 32 + 1; n > 0; n--)
			alloc(what < 120 ? LABYRINTH_GFP_ATOMIC | LABYRINTH_GFP_EXCLUSIVE
			                 : what % 4);
	} else if (what < 200) {
		for (n = what % 32 + 1; n > 0; n--)
			give_back(some_page(bytes, true));
	} else if (what < 240) {
		give_back(some_page(bytes, false));
	} else if (what < 248) {
		check_counts();
	} else {
		while (p.free > 0)
			alloc(LABYRINTH_GFP_ATOMIC | LABYRINTH_GFP_EXCLUSIVE);
	}
}

void
pages_run(struct fuzz_bytes *bytes)
{
	uint8_t seed[LABYRINTH_SEED_LEN] = {0};
	uint8_t how = fuzz_byte(bytes);
	uint64_t operations = 0;
	size_t len;

	memset(&p, 0, sizeof(p));
	p.params = (struct labyrinth_params){
		.frames = 1 + fuzz_word(bytes) % (PAGES_MAX + 64),
		.slots = ARENA_SLOTS,
		.flags = LABYRINTH_F_PAGES | (how % 2 == 0 ? LABYRINTH_F_REPORT : 0),
	};
	seed[0] = fuzz_byte(bytes);
	len = labyrinth_footprint(&p.params);
	p.lab = aligned_alloc(128, len);
	FUZZ_EXPECT(len > 0 && p.lab != NULL, "pages: good parameters refused");
	FUZZ_EXPECT(labyrinth_init(p.lab, len, &p.params, seed) == 0, "pages: init failed");
	if (how % 4 < 2)
		add_by_maze(bytes);
	else
		add_by_hand(bytes);
	while (bytes->left > 0) {
		pages_do(bytes);
		operations++;
	}
	check_counts();
	fuzz_count("operations on pages", operations);
	fuzz_count("violations", p.violations);
	free(p.lab);
}

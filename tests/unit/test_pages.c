/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Raw pages: the names, one owner each, all of them, and nothing else. */

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "labyrinth_gfp.h"
#include "unit_pages.h"

static void
test_names(void)
{
	struct unit_pages p;
	void *a;
	void *b;
	void *c;

	if (!unit_pages_make(&p, 1, 0))
		return;
	a = alloc_labyrinth_page_atomic_exclusive(p.lab, GFP_ATOMIC | __GFP_EXCLUSIVE);
	b = LABYRINTH_ALLOC_PAGE(p.lab);
	c = labyrinth_void_alloc_page_gfp_atomic_exclusive(p.lab, LABYRINTH_GFP_ATOMIC |
	                                                                  LABYRINTH_GFP_EXCLUSIVE);
	CU_ASSERT_PTR_NOT_NULL(a);
	CU_ASSERT_PTR_NOT_NULL(b);
	CU_ASSERT_PTR_NOT_NULL(c);
	CU_ASSERT_TRUE(a != b && b != c && a != c);
	CU_ASSERT_EQUAL(labyrinth_count(p.lab), p.pages - 3);
	labyrinth_free_page(p.lab, a);
	labyrinth_free_page(p.lab, b);
	labyrinth_free_page(p.lab, c);
	labyrinth_free_page(p.lab, NULL);
	CU_ASSERT_EQUAL(labyrinth_count(p.lab), p.pages);
	unit_pages_drop(&p);
}

static void
test_wrong_gfp(void)
{
	static const unsigned int wrong[] = {0, GFP_ATOMIC, __GFP_EXCLUSIVE, 4, 7, UINT32_MAX};
	struct unit_pages p;
	struct unit_lab frames;
	struct labyrinth_params params = unit_params(10, 0);
	size_t i;

	if (!unit_pages_make(&p, 1, LABYRINTH_F_OOM_PANIC))
		return;
	for (i = 0; i < UNIT_ARRAY_LEN(wrong); i++) {
		CU_ASSERT_PTR_NULL(alloc_labyrinth_page_atomic_exclusive(p.lab, wrong[i]));
		CU_ASSERT_PTR_NULL(labyrinth_void_alloc_page_gfp_atomic_exclusive(p.lab, wrong[i]));
	}
	CU_ASSERT_EQUAL(labyrinth_count(p.lab), p.pages);
	unit_pages_drop(&p);
	/* A labyrinth of frames has no pages. */
	if (!unit_make(&frames, &params, 0))
		return;
	CU_ASSERT_PTR_NULL(LABYRINTH_ALLOC_PAGE(frames.lab));
	unit_drop(&frames);
}

/* All pages come once, aligned, writable, inside the maze; then none is left. */
static void
test_all_distinct(void)
{
	struct unit_pages p;
	uint32_t neighbours = 0;
	uint32_t round;
	uint32_t i;
	void *last = NULL;

	if (!unit_pages_make(&p, 3, 0))
		return;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < p.pages; i++) {
			void *page = LABYRINTH_ALLOC_PAGE(p.lab);

			CU_ASSERT_PTR_NOT_NULL_FATAL(page);
			CU_ASSERT_EQUAL((uintptr_t)page % LABYRINTH_PAGE_SIZE, 0);
			CU_ASSERT_TRUE_FATAL(unit_pages_inside(&p, page));
			CU_ASSERT_NOT_EQUAL(*(uint64_t *)page, (round + 1) * 1000000ul);
			*(uint64_t *)page = (round + 1) * 1000000ul;
			neighbours += round == 0 && i < 100 &&
			              (char *)last + LABYRINTH_PAGE_SIZE == (char *)page;
			p.got[i] = last = page;
		}
		CU_ASSERT_PTR_NULL(LABYRINTH_ALLOC_PAGE(p.lab));
		CU_ASSERT_EQUAL(labyrinth_count(p.lab), 0);
		for (i = 0; i < p.pages; i++)
			labyrinth_free_page(p.lab, p.got[i]);
		CU_ASSERT_EQUAL(labyrinth_count(p.lab), p.pages);
	}
	CU_ASSERT_TRUE(neighbours < 10);
	unit_pages_drop(&p);
}

/* Fewer pages than the maze has, and adding more than once. */
static void
test_fewer_than_maze(void)
{
	struct unit_pages p;
	uint32_t i;

	if (!unit_pages_make_some(&p, 2, 0, 700))
		return;
	CU_ASSERT_EQUAL(p.pages, 700);
	CU_ASSERT_EQUAL(labyrinth_maze_add_pages(p.lab, &p.maze), -EINVAL);
	for (i = 0; i < 700; i++) {
		p.got[i] = LABYRINTH_ALLOC_PAGE(p.lab);
		CU_ASSERT_PTR_NOT_NULL_FATAL(p.got[i]);
	}
	CU_ASSERT_PTR_NULL(LABYRINTH_ALLOC_PAGE(p.lab));
	for (i = 0; i < 700; i++)
		labyrinth_free_page(p.lab, p.got[i]);
	CU_ASSERT_EQUAL(labyrinth_count(p.lab), 700);
	unit_pages_drop(&p);
}

/* A maze that is not the labyrinth's window: refused, nothing touched. */
static void
test_not_its_window(void)
{
	struct labyrinth_params params = {.frames = 512, .slots = 4, .flags = LABYRINTH_F_PAGES};
	size_t len = labyrinth_footprint(&params);
	struct labyrinth_maze maze;
	uint32_t slot_of[2];
	uint8_t *lab = aligned_alloc(128, len);

	CU_ASSERT_PTR_NOT_NULL_FATAL(lab);
	CU_ASSERT_EQUAL_FATAL(labyrinth_init((labyrinth_t *)lab, len, &params, unit_seed(0)), 0);
	if (unit_maze_map(&maze, LABYRINTH_MAZE_SMALL, 2, slot_of, 2)) {
		CU_ASSERT_EQUAL(labyrinth_maze_cover((labyrinth_t *)lab, &maze), -EINVAL);
		CU_ASSERT_EQUAL(labyrinth_maze_add_pages((labyrinth_t *)lab, &maze), -EINVAL);
		CU_ASSERT_EQUAL(labyrinth_count((labyrinth_t *)lab), 0);
		labyrinth_maze_unmap(&maze);
	}
	free(lab);
}

struct taker {
	struct unit_pages *p;
	_Atomic uint32_t *owner; /* of each page; 0 is nobody */
	uint32_t number;
	uint32_t rounds;
	uint32_t wrong;
};

/* A few pages for many takers: each is owned by one of them at a time. */
static void *
taker_main(void *arg)
{
	struct taker *me = arg;
	uint32_t round;

	for (round = 0; round < me->rounds; round++) {
		void *page = LABYRINTH_ALLOC_PAGE(me->p->lab);
		uint32_t none = 0;
		_Atomic uint32_t *owner;

		if (page == NULL)
			continue;
		owner = &me->owner[unit_pages_index(me->p, page)];
		me->wrong += !atomic_compare_exchange_strong(owner, &none, me->number);
		*(uint64_t *)page = me->number;
		me->wrong += *(uint64_t *)page != me->number;
		me->wrong += atomic_exchange(owner, 0) != me->number;
		labyrinth_free_page(me->p->lab, page);
	}
	return NULL;
}

static void
test_one_owner(void)
{
	enum {
		THREADS = 4,
		PAGES = 5
	};
	_Atomic uint32_t owner[512] = {0};
	struct taker takers[THREADS];
	pthread_t threads[THREADS];
	struct unit_pages p;
	uint32_t i;

	if (!unit_pages_make_some(&p, 1, 0, PAGES))
		return;
	for (i = 0; i < THREADS; i++) {
		takers[i] = (struct taker){&p, owner, i + 1, unit_rounds(400000), 0};
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, taker_main, &takers[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_EQUAL(takers[i].wrong, 0);
	}
	CU_ASSERT_EQUAL(labyrinth_count(p.lab), PAGES);
	unit_pages_drop(&p);
}

static struct unit_pages *interrupted;
static volatile sig_atomic_t signals;
static volatile sig_atomic_t handler_failed;

static void
on_signal(int signum)
{
	void *page = LABYRINTH_ALLOC_PAGE(interrupted->lab);

	(void)signum;
	if (page == NULL)
		handler_failed++;
	else
		*(uint64_t *)page = UINT64_MAX;
	labyrinth_free_page(interrupted->lab, page);
	signals++;
}

static void
test_signal_handler(void)
{
	const struct itimerval often = {{0, 200}, {0, 200}};
	const struct itimerval never = {{0, 0}, {0, 0}};
	const struct sigaction ours = {.sa_handler = on_signal};
	const int want = (int)unit_rounds(1600);
	struct sigaction before;
	struct unit_pages p;
	uint32_t wrong = 0;
	uint64_t value = 0;

	if (!unit_pages_make_some(&p, 1, 0, 2))
		return;
	interrupted = &p;
	sigaction(SIGALRM, &ours, &before);
	setitimer(ITIMER_REAL, &often, NULL);
	while (signals < want) {
		volatile uint64_t *page = LABYRINTH_ALLOC_PAGE(p.lab);

		if (page == NULL) {
			wrong++;
			continue;
		}
		*page = ++value;
		wrong += *page != value;
		labyrinth_free_page(p.lab, (void *)(uintptr_t)page);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(handler_failed, 0);
	CU_ASSERT_EQUAL(labyrinth_count(p.lab), 2);
	unit_pages_drop(&p);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"all names of the call", test_names},
		{"wrong gfp, no pages", test_wrong_gfp},
		{"all pages once, then none", test_all_distinct},
		{"fewer pages than the maze has", test_fewer_than_maze},
		{"a maze that is not the window", test_not_its_window},
		{"one owner each, many threads", test_one_owner},
		{"a signal handler interrupts the loop", test_signal_handler},
		CU_TEST_INFO_NULL,
	};

	return unit_main("pages", tests);
}

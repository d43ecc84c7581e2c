/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * An explorer of C11's memory model, and what it is used on: lane.c, page.c and the
 * headers below them as they are shipped. A location is the list of its writes; a
 * thread knows, for each location, the oldest write that it may still read. Release
 * hands that knowledge on with a write, acquire takes it over, a read-modify-write
 * reads the last write and continues its release sequence. Every choice of thread
 * and of write is tried, one after the other, by running again with other choices.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "depot.h"
#include "event.h"
#include "lane.h"
#include "labyrinth_gfp.h"

enum {
	LOCATIONS = 96,
	WRITES = 24,
	THREADS = 3,
	STEPS = 400,
	STACK = 128 * 1024,
};

struct view {
	uint8_t seen[LOCATIONS]; /* the oldest write that may be read */
};

struct location {
	const volatile void *at;
	uint32_t writes;
	uint64_t value[WRITES];
	struct view view[WRITES]; /* what who reads it with acquire knows */
};

static struct location locations[LOCATIONS];
static uint32_t used;
static struct view known[THREADS + 1];
static struct view sequential;
static ucontext_t threads[THREADS];
static ucontext_t back;
static char stacks[THREADS][STACK];
static bool ended[THREADS];
static uint32_t self = THREADS; /* THREADS: before they start, and afterwards */
static uint32_t last;
static uint32_t switches;

/* Choices of this run, and how many there were at each. */
static uint8_t choice[STEPS];
static uint8_t choices[STEPS];
static uint32_t depth;
static uint32_t chosen;
static const char *wrong;

static void
fail(const char *what)
{
	wrong = what;
	if (self == THREADS)
		return;
	swapcontext(&threads[self], &back);
}

#define CHECK(condition)                  \
	do {                              \
		if (!(condition))         \
			fail(#condition); \
	} while (0)

static uint32_t
choose(uint32_t n)
{
	uint32_t i = chosen++;

	if (n <= 1 || i >= STEPS) {
		chosen--;
		return 0;
	}
	if (i == depth) {
		choice[i] = 0;
		choices[i] = (uint8_t)n;
		depth++;
	}
	return choice[i];
}

static void
join(struct view *a, const struct view *b)
{
	uint32_t i;

	for (i = 0; i < LOCATIONS; i++) {
		if (a->seen[i] < b->seen[i])
			a->seen[i] = b->seen[i];
	}
}

static struct location *
locate(const volatile void *at, unsigned int len)
{
	struct location *l;
	uint32_t i;

	for (i = 0; i < used; i++) {
		if (locations[i].at == at)
			return &locations[i];
	}
	if (used == LOCATIONS) {
		fprintf(stderr, "litmus: too many locations\n");
		exit(2);
	}
	l = &locations[used++];
	memset(l, 0, sizeof(*l));
	l->at = at;
	l->writes = 1;
	memcpy(&l->value[0], (const void *)(uintptr_t)at, len);
	return l;
}

/* Others may go on before the step that follows. */
static void
step(void)
{
	if (self != THREADS)
		swapcontext(&threads[self], &back);
}

static bool
acquires(memory_order order)
{
	return order == memory_order_acquire || order == memory_order_acq_rel ||
	       order == memory_order_seq_cst;
}

static bool
releases(memory_order order)
{
	return order == memory_order_release || order == memory_order_acq_rel ||
	       order == memory_order_seq_cst;
}

static void
fence(memory_order order)
{
	if (order == memory_order_seq_cst)
		join(&known[self], &sequential);
}

static void
fenced(memory_order order)
{
	if (order == memory_order_seq_cst)
		join(&sequential, &known[self]);
}

static uint64_t
read_write(struct location *l, uint32_t n, memory_order order)
{
	known[self].seen[l - locations] = (uint8_t)n;
	if (acquires(order))
		join(&known[self], &l->view[n]);
	return l->value[n];
}

static void
write_next(struct location *l, uint64_t value, memory_order order, bool continues)
{
	uint32_t n = l->writes++;

	if (n == WRITES) {
		fprintf(stderr, "litmus: too many writes\n");
		exit(2);
	}
	known[self].seen[l - locations] = (uint8_t)n;
	l->value[n] = value;
	if (continues)
		l->view[n] = l->view[n - 1];
	else
		memset(&l->view[n], 0, sizeof(l->view[n]));
	if (releases(order))
		join(&l->view[n], &known[self]);
	l->view[n].seen[l - locations] = (uint8_t)n;
}

uint64_t
lit_load(const volatile void *at, unsigned int len, memory_order order)
{
	struct location *l = locate(at, len);
	uint32_t oldest;
	uint64_t value;

	step();
	fence(order);
	oldest = known[self].seen[l - locations];
	value = read_write(l, l->writes - 1 - choose(l->writes - oldest), order);
	fenced(order);
	return value;
}

void
lit_store(volatile void *at, unsigned int len, uint64_t value, memory_order order)
{
	struct location *l = locate(at, len);

	step();
	fence(order);
	write_next(l, len == 4 ? (uint32_t)value : value, order, false);
	fenced(order);
}

bool
lit_swap(volatile void *at, unsigned int len, void *old, uint64_t value, memory_order good,
         memory_order bad)
{
	struct location *l = locate(at, len);
	uint64_t expected = 0;
	uint64_t seen;

	memcpy(&expected, old, len);
	step();
	fence(good);
	if (l->value[l->writes - 1] == expected) {
		read_write(l, l->writes - 1, good);
		write_next(l, value, good, true);
		fenced(good);
		return true;
	}
	seen = read_write(l, l->writes - 1, bad);
	memcpy(old, &seen, len);
	return false;
}

uint64_t
lit_add(volatile void *at, unsigned int len, uint64_t value, memory_order order)
{
	struct location *l = locate(at, len);
	uint64_t old;

	step();
	fence(order);
	old = read_write(l, l->writes - 1, order);
	write_next(l, len == 4 ? (uint32_t)(old + value) : old + value, order, true);
	fenced(order);
	return old;
}

uint64_t
lit_exchange(volatile void *at, unsigned int len, uint64_t value, memory_order order)
{
	struct location *l = locate(at, len);
	uint64_t old;

	(void)len;
	step();
	old = read_write(l, l->writes - 1, order);
	write_next(l, value, order, true);
	return old;
}

/* A plain read that does not know the last write races with it. */
uint64_t
lit_read(const uint64_t *at)
{
	struct location *l = locate(at, sizeof(*at));

	if (known[self].seen[l - locations] != l->writes - 1)
		fail("a plain read races with a write");
	return l->value[l->writes - 1];
}

/* Readers are not noted: what follows writes whatever it has read. */
void
lit_write(uint64_t *at, uint64_t value)
{
	struct location *l = locate(at, sizeof(*at));

	if (known[self].seen[l - locations] != l->writes - 1)
		fail("a plain write races with a write");
	write_next(l, value, memory_order_relaxed, false);
}

/* --- the labyrinth -------------------------------------------------------------- */

enum {
	ROOMS = 3
};

static struct labyrinth lab;
static struct lab_room rooms[ROOMS + 1];
static struct lab_lane lanes[THREADS];
static uint64_t plain[ROOMS + 1]; /* stands for the frames of a room */
static uint8_t held[ROOMS + 1];   /* by a thread that popped the room */
static uint64_t page;
static _Atomic uint32_t page_word[1];
static void *page_table[1];
static uint8_t walls[1];
static uint32_t slot_page[1];

uint64_t lab_process_key;
uint32_t lab_process_number;
bool lab_process_told;

static uint32_t
owned(uint32_t room)
{
	/* Read, then written: both need to know the last holder's writes. */
	CHECK(room <= ROOMS);
	lit_read(&plain[room]);
	lit_write(&plain[room], lit_read(&plain[room]) + 1);
	return room;
}

static void
reset(void)
{
	uint32_t i;

	memset(&lab, 0, sizeof(lab));
	memset(rooms, 0, sizeof(rooms));
	memset(lanes, 0, sizeof(lanes));
	memset(plain, 0, sizeof(plain));
	memset(held, 0, sizeof(held));
	memset(known, 0, sizeof(known));
	memset(&sequential, 0, sizeof(sequential));
	memset((void *)page_word, 0, sizeof(page_word));
	page = 0;
	used = 0;
	lab.rooms = rooms;
	lab.lanes = lanes;
	lab.own = lanes;
	lab.lane_count = THREADS;
	lab.owns = THREADS;
	lab.room_count = ROOMS;
	lab.version = page_word;
	lab.entrance = (uintptr_t)&page;
	lab.span = LABYRINTH_PAGE_SIZE;
	lab.walls = walls;
	lab.slot_page = slot_page;
	lab.frames = 1;
	lab.flags = LABYRINTH_F_PAGES;
	page_table[0] = &page;
	lab.table = page_table;
	for (i = 0; i < THREADS; i++)
		lanes[i].id = i;
}

static void
pop_and_use(void)
{
	uint32_t room = lab_depot_pop(&lab, lab.full, NULL);

	if (room != LAB_NO_ROOM)
		held[owned(room)]++;
}

/* What was on top changes, and is the same again, unless the version tells. */
static void
pop_two_push_first(void)
{
	uint32_t first = lab_depot_pop(&lab, lab.full, NULL);
	uint32_t second = lab_depot_pop(&lab, lab.full, NULL);

	if (second != LAB_NO_ROOM)
		held[owned(second)]++;
	if (first != LAB_NO_ROOM)
		lab_depot_push(&lab, lab.full, owned(first));
}

static void
pop_and_push(void)
{
	uint32_t room = lab_depot_pop(&lab, lab.full, NULL);

	if (room != LAB_NO_ROOM)
		lab_depot_push(&lab, lab.full, owned(room));
}

static void
push_one(void)
{
	lab_depot_push(&lab, lab.full, owned(1));
}

static void
push_two(void)
{
	lab_depot_push(&lab, lab.full, owned(2));
}

/* A room is on some shelf all the time: whoever takes one finds it. */
static void
give_and_take(void)
{
	lab_depot_push(&lab, &lab.full[1], owned(2));
	lab_depot_pop(&lab, &lab.full[2], NULL);
}

static void
take_room(void)
{
	CHECK(lab_depot_take(&lab, lab.full, &lanes[0]) != LAB_NO_ROOM);
}

static void
visit(void)
{
	struct lab_visit visit;

	if (!lab_lane_enter(&lanes[0], &visit))
		return;
	owned(visit.front);
	lab_lane_leave(&visit);
}

/* As get_one(): what is read between peek and entry holds if the entry succeeds. */
static void
peek_and_enter(void)
{
	uint64_t slot = lab_lane_peek(&lanes[0]);
	uint32_t count = lab_room_count(&rooms[1]);

	if (((uint32_t)slot & LAB_ROOM_MASK) != 1 || !lab_lane_enter_seen(&lanes[0], slot))
		return;
	owned(1);
	CHECK(lab_room_count(&rooms[1]) == count);
	lab_room_count_set(&rooms[1], count + 1);
	lab_lane_leave_slot(&lanes[0], slot);
}

static void
rob(void)
{
	struct lab_visit visit = {.lane = &lanes[1]};

	lab.lanes_high = 1;
	if (lab_lane_rob(&lab, &visit, true) && visit.front != LAB_NO_ROOM)
		owned(visit.front);
}

static void
use_page(void)
{
	uint64_t *mine = alloc_labyrinth_page_atomic_exclusive(
		&lab, LABYRINTH_GFP_ATOMIC | LABYRINTH_GFP_EXCLUSIVE);

	if (mine == NULL)
		return;
	lit_write(mine, lit_read(mine) + 1);
	labyrinth_free_page(&lab, mine);
}

/* A kept call changes a count; who sees that the call has ended sees the count too. */
static void
kept_call(void)
{
	lab_lane_busy(&lanes[0], 0);
	lab_room_count_set(&rooms[1], 7);
	lab_lane_end(&lanes[0], 0);
}

static void
count_frames(void)
{
	uint32_t calls = atomic_load_explicit(&lanes[0].calls, memory_order_acquire);

	if (calls == 2)
		CHECK(lab_room_count(&rooms[1]) == 7);
}

/* --- what lane.c and page.c call and nobody looks at ---------------------------- */

void
lab_event(struct labyrinth *l, struct lab_lane *lane, enum labyrinth_event event, uint32_t n)
{
	(void)l;
	(void)lane;
	(void)event;
	(void)n;
}

uint32_t
lab_lane_cached(const struct labyrinth *l, const struct lab_lane *lane, bool *busy)
{
	(void)l;
	(void)lane;
	(void)busy;
	return 0;
}

void
lab_violation(struct labyrinth *l, const struct lab_lane *lane, struct labyrinth_violation *v)
{
	(void)l;
	(void)lane;
	(void)v;
	fail("a violation is told");
}

uint64_t
lab_record_now(const struct lab_lane *lane)
{
	(void)lane;
	return 1;
}

uint32_t
lab_process_id(void)
{
	return 1;
}

bool
lab_recover_lane(struct labyrinth *l, struct lab_lane *lane)
{
	(void)l;
	(void)lane;
	return false;
}

/* --- tests ---------------------------------------------------------------------- */

static void
in_stack(void)
{
	lab_depot_push(&lab, lab.full, 2);
	lab_depot_push(&lab, lab.full, 1);
}

static void
in_lane(void)
{
	lab_room_count_set(&rooms[1], 3);
	lab_lane_leave_slot(&lanes[0], 1);
}

static void
on_other_shelf(void)
{
	lab_depot_push(&lab, &lab.full[2], 1);
}

static void
under(void)
{
	lab_depot_push(&lab, lab.full, 2);
}

/* In the end rooms 1 and 2 are in the stack or with who popped them, once. */
static void
each_once(void)
{
	uint8_t times[ROOMS + 1] = {0};
	uint32_t room;
	uint32_t steps;

	for (room = 0; room < THREADS; room++)
		join(&known[THREADS], &known[room]);
	room = lab_depot_top(lab.full);
	for (steps = 0; room != LAB_NO_ROOM && steps <= ROOMS; steps++) {
		times[room]++;
		room = lab_depot_below(&lab, room);
	}
	for (room = 1; room <= 2; room++) {
		if (times[room] + held[room] != 1)
			wrong = "a room is in no place or in two";
	}
}

static void
nowhere(void)
{
}

static const struct test {
	const char *name;
	void (*prepare)(void);
	void (*run[THREADS])(void);
	uint32_t most; /* changes of threads where others could go on */
	void (*end)(void);
} tests[] = {
	{"push onto another, pop", under, {push_one, pop_and_use}, 99, each_once},
	{"push onto another, two pop", under, {push_one, pop_and_use, pop_and_use}, 3, each_once},
	{"pop, pop two and push the first",
         in_stack,
         {pop_and_use, pop_two_push_first},
         99,
         each_once},
	{"push, pop", nowhere, {push_one, pop_and_use}, 99},
	{"pop and push, pop", in_stack, {pop_and_push, pop_and_use}, 99},
	{"two push, one pops", nowhere, {push_one, push_two, pop_and_use}, 3},
	{"three pop and push", in_stack, {pop_and_push, pop_and_push, pop_and_use}, 2},
	{"a room moves to a shelf looked at", on_other_shelf, {give_and_take, take_room}, 5},
	{"two visits", in_lane, {visit, visit}, 99},
	{"a visit, a robbery", in_lane, {visit, rob}, 99},
	{"visits, a robbery", in_lane, {visit, rob, visit}, 3},
	{"peek before entry", in_lane, {peek_and_enter, peek_and_enter}, 99},
	{"peek, a robbery", in_lane, {peek_and_enter, rob}, 99},
	{"pages", nowhere, {use_page, use_page}, 99},
	{"pages, three threads", nowhere, {use_page, use_page, use_page}, 3},
	{"kept calls", nowhere, {kept_call, count_frames}, 99},
};

static const struct test *test;

static void
begin(int thread)
{
	test->run[thread]();
	ended[thread] = true;
	swapcontext(&threads[thread], &back);
}

static void
start(uint32_t i)
{
	known[i] = known[THREADS];
	ended[i] = test->run[i] == NULL;
	getcontext(&threads[i]);
	threads[i].uc_stack.ss_sp = stacks[i];
	threads[i].uc_stack.ss_size = STACK;
	threads[i].uc_link = &back;
	makecontext(&threads[i], (void (*)(void))(uintptr_t)begin, 1, (int)i);
}

/* The next thread, the last one first; THREADS: all have ended. */
static uint32_t
next_thread(void)
{
	uint32_t ready[THREADS];
	uint32_t n = 0;
	uint32_t next;
	uint32_t i;

	for (i = 0; i < THREADS; i++) {
		uint32_t thread = (last + i) % THREADS;

		if (!ended[thread])
			ready[n++] = thread;
	}
	if (n == 0)
		return THREADS;
	if (!ended[last] && switches >= test->most)
		return last;
	next = ready[choose(n)];
	switches += !ended[last] && next != last;
	last = next;
	return next;
}

static void
run_once(void)
{
	uint32_t i;

	chosen = 0;
	switches = 0;
	last = 0;
	wrong = NULL;
	self = THREADS;
	reset();
	test->prepare();
	for (i = 0; i < THREADS; i++)
		start(i);
	while (wrong == NULL && (i = next_thread()) < THREADS) {
		self = i;
		swapcontext(&back, &threads[i]);
	}
	self = THREADS;
	if (wrong == NULL && test->end != NULL)
		test->end();
}

/* The next choices; false when all have been tried. */
static bool
go_on(void)
{
	while (depth > 0 && choice[depth - 1] + 1 == choices[depth - 1])
		depth--;
	if (depth == 0)
		return false;
	choice[depth - 1]++;
	return true;
}

int
main(void)
{
	unsigned long all = 0;
	uint32_t failed = 0;
	uint32_t i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		unsigned long runs = 0;

		test = &tests[i];
		depth = 0;
		do {
			run_once();
			runs++;
		} while (wrong == NULL && go_on());
		printf("%s: %s (%lu executions)\n", test->name, wrong == NULL ? "holds" : wrong,
		       runs);
		failed += wrong != NULL;
		all += runs;
	}
	printf("%u tests, %u failed, %lu executions\n", i, failed, all);
	return failed > 0;
}

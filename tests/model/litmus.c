/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * An explorer of C11's memory model; litmus_tests.c has what it is used on. A location is the list
 * of its writes; a thread knows, for each location, the oldest write that it may still read.
 * Release hands that knowledge on with a write, acquire takes it over, a read-modify-write reads
 * the last write and continues its release sequence. Every choice of thread and of write is tried,
 * one after the other, by running again with other choices.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "litmus_tests.h"

enum {
	LOCATIONS = 96,
	WRITES = 24,
	THREADS = LIT_THREADS,
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

void
lit_fail(const char *what)
{
	wrong = what;
	if (self == THREADS)
		return;
	swapcontext(&threads[self], &back);
}

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

/* What a read-modify-write leaves: (old & keep) + value. */
static uint64_t
modify(volatile void *at, unsigned int len, uint64_t keep, uint64_t value, memory_order order)
{
	struct location *l = locate(at, len);
	uint64_t old;
	uint64_t new;

	step();
	fence(order);
	old = read_write(l, l->writes - 1, order);
	new = (old & keep) + value;
	write_next(l, len == 4 ? (uint32_t) new : new, order, true);
	fenced(order);
	return old;
}

uint64_t
lit_add(volatile void *at, unsigned int len, uint64_t value, memory_order order)
{
	return modify(at, len, UINT64_MAX, value, order);
}

uint64_t
lit_or(volatile void *at, unsigned int len, uint64_t value, memory_order order)
{
	return modify(at, len, ~value, value, order);
}

uint64_t
lit_and(volatile void *at, unsigned int len, uint64_t value, memory_order order)
{
	return modify(at, len, value, 0, order);
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
		lit_fail("a plain read races with a write");
	return l->value[l->writes - 1];
}

/* Readers are not noted: what follows writes whatever it has read. */
void
lit_write(uint64_t *at, uint64_t value)
{
	struct location *l = locate(at, sizeof(*at));

	if (known[self].seen[l - locations] != l->writes - 1)
		lit_fail("a plain write races with a write");
	write_next(l, value, memory_order_relaxed, false);
}

/* --- threads and runs ------------------------------------------------------------ */

void
lit_join_all(void)
{
	uint32_t i;

	for (i = 0; i < THREADS; i++)
		join(&known[THREADS], &known[i]);
}

static const struct lit_test *test;

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
	memset(known, 0, sizeof(known));
	memset(&sequential, 0, sizeof(sequential));
	used = 0;
	lit_reset();
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

	for (i = 0; i < lit_tests_count; i++) {
		unsigned long runs = 0;

		test = &lit_tests[i];
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

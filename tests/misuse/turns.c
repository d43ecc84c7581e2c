/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Whose report is written: one at a time, and nobody waits for ever for one that is not ended. */

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "labyrinth_report.h"

#define THREADS 8
#define LONG_MS 60000

static atomic_uint writing;
static atomic_uint together;

static unsigned int
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned int)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

static void *
write_one(void *arg)
{
	labyrinth_report_turn_take(LONG_MS);
	if (atomic_fetch_add(&writing, 1) != 0)
		atomic_fetch_add(&together, 1);
	usleep(20000);
	atomic_fetch_sub(&writing, 1);
	labyrinth_report_turn_give();
	return arg;
}

/* As a thread that dies in the middle of its report. */
static void *
never_ends(void *arg)
{
	labyrinth_report_turn_take(LONG_MS);
	return arg;
}

static void
in_a_thread(void *(*what)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, what, NULL) != 0)
		die("a thread cannot be started");
	(void)pthread_join(thread, NULL);
}

/* How long it waited, in milliseconds. */
static unsigned int
waited(unsigned int ms)
{
	unsigned int begin = now_ms();

	labyrinth_report_turn_take(ms);
	return now_ms() - begin;
}

/* Of a thread that has none. */
static void *
gives_and_waits(void *arg)
{
	labyrinth_report_turn_give();
	check(waited(200) >= 200, "a thread that writes none gives no turn away");
	labyrinth_report_turn_give();
	return arg;
}

int
main(void)
{
	pthread_t threads[THREADS];
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, write_one, NULL) != 0)
			die("a thread cannot be started");
	}
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	check(together == 0, "eight threads write one after another");

	in_a_thread(never_ends);
	check(waited(200) >= 200, "a report that does not end: the next one waits");
	labyrinth_report_turn_give();
	check(waited(LONG_MS) < LONG_MS, "and has the turn then: the one after it does not wait");

	in_a_thread(gives_and_waits);
	check(waited(LONG_MS) < LONG_MS, "who took over gives it back");
	labyrinth_report_turn_give();

	in_a_thread(never_ends);
	labyrinth_report_turn_drop();
	check(waited(LONG_MS) < LONG_MS, "a child of fork() does not wait for its parent");
	return finish_quietly();
}

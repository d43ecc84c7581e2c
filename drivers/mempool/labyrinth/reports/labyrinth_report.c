/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <execinfo.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_pause.h>
#include <rte_spinlock.h>
#include <rte_string_fns.h>

#include "labyrinth_dump.h"
#include "labyrinth_log.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_report.h"

/* Whole reports a second; what exceeds that is counted. */
#define REPORTS_PER_SECOND 10

/* Looks at the lock before a report does without it. */
#define LOCK_TRIES 1000000

/* Of this thread: it tells why the process ends. */
static __thread volatile sig_atomic_t stops __attribute__((tls_model("initial-exec")));
/* Only threads that tripped over a violation meet here, never the data path of others. */
static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;
/*
 * This thread is in a report, or has the lock: a signal handler that interrupts it and
 * trips as well must not wait for it, nor log, which may be what was interrupted.
 */
static __thread volatile sig_atomic_t inside __attribute__((tls_model("initial-exec")));
static __thread volatile sig_atomic_t locked __attribute__((tls_model("initial-exec")));
static struct labyrinth_report kept[LABYRINTH_REPORTS_KEPT];
static _Atomic uint64_t count;
/* A report of any thread tells why the process is about to stop. */
static atomic_bool stopping;
/* This thread is in the application's callback. */
static __thread volatile sig_atomic_t telling __attribute__((tls_model("initial-exec")));
static uint64_t second_began;
static uint64_t in_second;
static _Atomic uint64_t unreported;

/* Whom to tell; an old one stays as it is for a while, since somebody may be reading it. */
static struct application {
	rte_labyrinth_violation_cb cb;
	void *arg;
} applications[8];
static _Atomic(const struct application *) application;

/* False when it is this thread itself that has the lock, or when somebody keeps it too long. */
static bool
enter(void)
{
	unsigned int i;

	if (inside != 0)
		return false;
	inside = 1;
	for (i = 0; i < LOCK_TRIES && rte_spinlock_trylock(&lock) == 0; i++)
		rte_pause();
	locked = i < LOCK_TRIES;
	inside = locked;
	return locked != 0;
}

static void
unlock(void)
{
	locked = 0;
	rte_spinlock_unlock(&lock);
}

static void
leave(void)
{
	unlock();
	inside = 0;
}

void
labyrinth_report_leave(void)
{
	if (locked != 0)
		unlock();
	labyrinth_report_turn_give();
	inside = 0;
}

void
labyrinth_report_forked(void)
{
	rte_spinlock_init(&lock);
	labyrinth_report_turn_drop();
}

static uint64_t
count_one(void)
{
	/* @atomic reports-add: pairs reports-read. Else: two reports have one number. */
	return atomic_fetch_add_explicit(&count, 1, memory_order_relaxed) + 1;
}

static void
leave_out(void)
{
	/* @atomic left-out-add: pairs left-out-take. Else: one is neither told nor counted. */
	atomic_fetch_add_explicit(&unreported, 1, memory_order_relaxed);
}

static uint64_t
left_out_take(void)
{
	/* @atomic left-out-take: pairs left-out-add. Else: one is counted twice. */
	return atomic_exchange_explicit(&unreported, 0, memory_order_relaxed);
}

/* Is there room for one more whole report in this second? */
static bool
rate_allows(void)
{
	uint64_t now = rte_get_tsc_cycles();

	if (second_began == 0 || now - second_began > rte_get_tsc_hz()) {
		second_began = now;
		in_second = 0;
	}
	return ++in_second <= REPORTS_PER_SECOND;
}

/* The latest get and put that are noted of a frame, by this process. */
static void
keep_moves(struct labyrinth_report *report, const struct labyrinth_violation *violation)
{
	struct labyrinth_move moves[LABYRINTH_TRACE_MAX];
	uint32_t n;

	n = violation->nearest == NULL ? 0
	                               : labyrinth_moves(violation->lab, violation->nearest, moves,
	                                                 LABYRINTH_TRACE_MAX);
	while (n-- > 0) {
		const void **site = moves[n].put ? report->put_site : report->got_site;

		if (moves[n].by.pid != (report->pid & LABYRINTH_PID_MASK))
			continue;
		site[0] = moves[n].site;
		site[1] = moves[n].caller;
	}
}

static void
keep_places(struct labyrinth_report *report, const struct labyrinth_violation *violation,
            const struct labyrinth_calls *calls)
{
	struct timespec now;
	int i;

	clock_gettime(CLOCK_REALTIME, &now);
	report->time_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	report->pid = (uint32_t)getpid();
	for (i = 0; i < 2 && calls->first + i < calls->n; i++)
		report->site[i] = calls->call[calls->first + i];
	keep_moves(report, violation);
}

static uint64_t
keep(const struct labyrinth_violation *violation, const struct labyrinth_calls *calls)
{
	const struct labyrinth_pool *pool = labyrinth_pool_of_lab(violation->lab);
	const uint64_t number = count_one();
	struct labyrinth_report *report = &kept[number % LABYRINTH_REPORTS_KEPT];

	*report = (struct labyrinth_report){
		.number = number,
		.kind = labyrinth_violation_name(violation->kind),
		.pointer = (uintptr_t)violation->frame,
		.frame = (uintptr_t)violation->nearest,
		.lcore = labyrinth_lane_lcore(violation->lane),
		.got_lcore = violation->got.known ? labyrinth_lane_lcore(violation->got.lane)
	                                          : LCORE_ID_ANY,
		.put_lcore = violation->put.known ? labyrinth_lane_lcore(violation->put.lane)
	                                          : LCORE_ID_ANY,
	};
	strlcpy(report->pool, pool->mp->name, sizeof(report->pool));
	keep_places(report, violation, calls);
	return number;
}

/* The buffer that was written past its end. */
static const void *
culprit_of(const struct labyrinth_violation *violation)
{
	if (violation->kind == LABYRINTH_CANARY)
		return violation->nearest;
	if (violation->kind != LABYRINTH_HEADER)
		return NULL;
	return violation->underflow ? violation->nearest : violation->before;
}

void
labyrinth_report_words(const struct labyrinth_violation *violation,
                       struct rte_labyrinth_violation *told)
{
	*told = (struct rte_labyrinth_violation){
		.mp = labyrinth_pool_of_lab(violation->lab)->mp,
		.kind = labyrinth_violation_name(violation->kind),
		.pointer = violation->frame,
		.frame = violation->nearest,
		.lcore = labyrinth_lane_lcore(violation->lane),
		.stop = violation->stop,
		.culprit = culprit_of(violation),
	};
}

void
labyrinth_report_tell(const struct rte_labyrinth_violation *told)
{
	const struct application *to;

	/* It may have taken a lock of its own. */
	if (telling != 0)
		return;
	/* @atomic application-look: pairs application-set. Else: a callback gets what is not its
	 * argument.
	 */
	to = atomic_load_explicit(&application, memory_order_acquire);
	telling = 1;
	if (to != NULL && to->cb != NULL)
		to->cb(told, to->arg);
	telling = 0;
}

/* In a handler that interrupted a report: nothing that could be what it interrupted. */
static void
record_nested(const struct labyrinth_violation *violation)
{
	static const char text[] = "LABYRINTH: violation in a signal handler that interrupted the "
				   "report of another one\n";

	(void)count_one();
	leave_out();
	/* Nobody may be reading it: the last words of the process have to wait for that, too. */
	if (violation->stop && labyrinth_log_ready(RTE_LOG_CRIT) &&
	    write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		return;
}

/* Under the lock: keep it, mend what it broke. Tells whether it is to be logged. */
static bool
record(const struct labyrinth_violation *violation, const struct labyrinth_calls *calls,
       uint64_t *number)
{
	bool overflow = violation->kind == LABYRINTH_HEADER || violation->kind == LABYRINTH_CANARY;

	*number = keep(violation, calls);
	/*
	 * What went over one canary may have met the next frame's header too. The patrol mends
	 * by itself.
	 */
	if (overflow && !violation->stop && !violation->by_patrol)
		labyrinth_relink(labyrinth_pool_of_lab(violation->lab)->mp);
	/* Nothing follows a report that stops the process: it is always whole. */
	return rate_allows() || violation->stop;
}

void
labyrinth_report_relink(const struct rte_mempool *mp, uint32_t index)
{
	if (!enter())
		return;
	labyrinth_relink_frame(mp, index);
	leave();
}

bool
labyrinth_report_stops(void)
{
	return stops != 0;
}

bool
labyrinth_report_last(void)
{
	/* @atomic report-last: pairs report-stops. Else: what stops the process is told twice. */
	return telling != 0 || atomic_load_explicit(&stopping, memory_order_relaxed);
}

void
labyrinth_report_record(const struct labyrinth_violation *violation)
{
	struct labyrinth_calls calls = {.n = 0};
	uint64_t number;
	bool whole;

	if (violation->stop) {
		stops = 1;
		/* @atomic report-stops: pairs report-last. Else: what stops the process is told
		 * twice.
		 */
		atomic_store_explicit(&stopping, true, memory_order_relaxed);
	}
	if (!enter()) {
		record_nested(violation);
		return;
	}
	labyrinth_report_trace(violation);
	/* What the patrol finds was done long ago, and by others. */
	if (!violation->by_patrol)
		labyrinth_calls_get(&calls);
	whole = record(violation, &calls, &number);
	if (!whole)
		leave_out();
	unlock();
	if (whole) {
		labyrinth_report_turn_take(violation->by_patrol ? LABYRINTH_TURN_PATROL_MS
		                                                : LABYRINTH_TURN_MS);
		labyrinth_report_log(violation, &calls, number, left_out_take());
		labyrinth_dump_frame(violation);
		labyrinth_report_turn_give();
	}
	inside = 0;
}

static void
report(const struct labyrinth_violation *violation)
{
	struct rte_labyrinth_violation told;

	labyrinth_report_words(violation, &told);
	labyrinth_report_record(violation);
	labyrinth_report_tell(&told);
}

void
labyrinth_report_init(void)
{
	void *call;

	/* The first one loads a library: better now than when memory is broken. */
	(void)backtrace(&call, 1);
	labyrinth_violation_handler(report);
}

unsigned int
labyrinth_report_latest(struct labyrinth_report *reports, unsigned int most)
{
	const uint64_t last = labyrinth_report_count();
	unsigned int n = 0;
	uint64_t number;

	if (!enter())
		return 0;
	for (number = last; number > 0 && last - number < LABYRINTH_REPORTS_KEPT && n < most;
	     number--) {
		/* One that was counted only has left no trace. */
		if (kept[number % LABYRINTH_REPORTS_KEPT].number == number)
			reports[n++] = kept[number % LABYRINTH_REPORTS_KEPT];
	}
	leave();
	return n;
}

uint64_t
labyrinth_report_count(void)
{
	/* @atomic reports-read: pairs reports-add. Else: a number is torn. */
	return atomic_load_explicit(&count, memory_order_relaxed);
}

__attribute__((visibility("default"))) void
rte_labyrinth_violation_cb_set(rte_labyrinth_violation_cb cb, void *arg)
{
	static unsigned int next;
	struct application *to;

	/* A handler that interrupts this trips without the lock. */
	inside++;
	rte_spinlock_lock(&lock);
	to = &applications[next++ % RTE_DIM(applications)];
	*to = (struct application){cb, arg};
	/* @atomic application-set: pairs application-look. Else: a callback gets what is not its
	 * argument.
	 */
	atomic_store_explicit(&application, to, memory_order_release);
	rte_spinlock_unlock(&lock);
	inside--;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <execinfo.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_spinlock.h>
#include <rte_string_fns.h>

#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_report.h"

/* Whole reports a second; what exceeds that is counted. */
#define REPORTS_PER_SECOND 10

/*
 * Only threads that tripped over a violation meet here, never the data path
 * of others.
 */
static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;
static struct labyrinth_report kept[LABYRINTH_REPORTS_KEPT];
static uint64_t count;
static uint64_t second_began;
static uint64_t in_second;
static uint64_t unreported;
static rte_labyrinth_violation_cb application_cb;
static void *application_arg;

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
	struct labyrinth_report *report = &kept[count % LABYRINTH_REPORTS_KEPT];

	*report = (struct labyrinth_report){
		.number = ++count,
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
	return count;
}

void
labyrinth_report_tell(const struct labyrinth_violation *violation)
{
	struct rte_labyrinth_violation told = {
		.mp = labyrinth_pool_of_lab(violation->lab)->mp,
		.kind = labyrinth_violation_name(violation->kind),
		.pointer = violation->frame,
		.frame = violation->nearest,
		.lcore = labyrinth_lane_lcore(violation->lane),
		.stop = violation->stop,
	};
	rte_labyrinth_violation_cb cb;
	void *arg;

	rte_spinlock_lock(&lock);
	cb = application_cb;
	arg = application_arg;
	rte_spinlock_unlock(&lock);
	if (cb != NULL)
		cb(&told, arg);
}

void
labyrinth_report_record(const struct labyrinth_violation *violation)
{
	struct labyrinth_calls calls;
	uint64_t left_out = 0;
	uint64_t number;
	bool whole;

	labyrinth_report_trace(violation);
	/* What the patrol finds was done long ago, and by others. */
	if (violation->by_patrol)
		calls = (struct labyrinth_calls){.n = 0};
	else
		labyrinth_calls_get(&calls);
	rte_spinlock_lock(&lock);
	number = keep(violation, &calls);
	/* What went over one canary may have met the next frame's header too. */
	if ((violation->kind == LABYRINTH_HEADER || violation->kind == LABYRINTH_CANARY) &&
	    !violation->stop)
		labyrinth_relink(labyrinth_pool_of_lab(violation->lab)->mp);
	/* Nothing follows a report that stops the process: it is always whole. */
	whole = rate_allows() || violation->stop;
	if (whole) {
		left_out = unreported;
		unreported = 0;
	} else {
		unreported++;
	}
	rte_spinlock_unlock(&lock);
	if (whole)
		labyrinth_report_log(violation, &calls, number, left_out);
}

static void
report(const struct labyrinth_violation *violation)
{
	labyrinth_report_record(violation);
	labyrinth_report_tell(violation);
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
	unsigned int n = 0;

	rte_spinlock_lock(&lock);
	while (n < most && n < count && n < LABYRINTH_REPORTS_KEPT) {
		reports[n] = kept[(count - 1 - n) % LABYRINTH_REPORTS_KEPT];
		n++;
	}
	rte_spinlock_unlock(&lock);
	return n;
}

uint64_t
labyrinth_report_count(void)
{
	uint64_t n;

	rte_spinlock_lock(&lock);
	n = count;
	rte_spinlock_unlock(&lock);
	return n;
}

__attribute__((visibility("default"))) void
rte_labyrinth_violation_cb_set(rte_labyrinth_violation_cb cb, void *arg)
{
	rte_spinlock_lock(&lock);
	application_cb = cb;
	application_arg = arg;
	rte_spinlock_unlock(&lock);
}

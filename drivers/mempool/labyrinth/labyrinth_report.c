/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <execinfo.h>

#include <rte_cycles.h>
#include <rte_spinlock.h>
#include <rte_string_fns.h>

#include "labyrinth_crash.h"
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

static uint64_t
keep(const struct labyrinth_violation *violation)
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
	return count;
}

static void
tell_application(const struct labyrinth_violation *violation)
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

static void
report(const struct labyrinth_violation *violation)
{
	uint64_t left_out = 0;
	uint64_t number;
	bool whole;

	labyrinth_report_trace(violation);
	rte_spinlock_lock(&lock);
	number = keep(violation);
	/* What went over one canary may have met the next frame's header too. */
	if ((violation->kind == LABYRINTH_HEADER || violation->kind == LABYRINTH_CANARY) &&
	    !violation->stop)
		labyrinth_relink(labyrinth_pool_of_lab(violation->lab)->mp);
	/* Nothing follows a report that stops the process: it is always whole. */
	whole = rate_allows() || violation->stop;
	if (violation->stop)
		labyrinth_crash_told();
	if (whole) {
		left_out = unreported;
		unreported = 0;
	} else {
		unreported++;
	}
	rte_spinlock_unlock(&lock);
	if (whole)
		labyrinth_report_log(violation, number, left_out);
	tell_application(violation);
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

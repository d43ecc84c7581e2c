/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A report in words: what, where, who had the frame, who tripped over it, the
 * bytes around.
 */

#include <execinfo.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_lcore.h>

#include "labyrinth_log.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_report.h"

#define DUMP_LINE  16
#define DUMP_LINES 6
#define NS_PER_MS  1e6
#define RULE       "=================================================================="

static void
lcore_name(char *text, size_t len, uint32_t lane)
{
	if (lane == LABYRINTH_LANE_ANY)
		snprintf(text, len, "a thread without lcore id");
	else
		snprintf(text, len, "lcore %u", labyrinth_lane_lcore(lane));
}

static void
log_deed(const char *what, const struct labyrinth_deed *deed, const char *unknown)
{
	char who[32];

	if (!deed->known) {
		LAB_LOG(CRIT, "  %s: %s", what, unknown);
		return;
	}
	lcore_name(who, sizeof(who), deed->lane);
	LAB_LOG(CRIT, "  %s: %s of process %u, %.1f ms ago (within %.1f ms, or %u calls of it)",
	        what, who, deed->pid, (double)deed->age / NS_PER_MS,
	        (double)labyrinth_deed_grain() / NS_PER_MS, 64);
}

/* Where in the pool's memory. */
static void
log_place(const struct labyrinth_pool *pool, const struct labyrinth_violation *violation)
{
	const uint8_t *at = violation->nearest != NULL ? violation->nearest : violation->frame;
	size_t off;

	if (violation->nearest != NULL)
		LAB_LOG(CRIT, "  pointer %p: frame %p of %zu bytes, offset %td", violation->frame,
		        violation->nearest, violation->frame_len,
		        (const uint8_t *)violation->frame - (const uint8_t *)violation->nearest);
	else
		LAB_LOG(CRIT, "  pointer %p: in no frame of this pool", violation->frame);
	if (pool->backing != RTE_LABYRINTH_BACKING_MAZE)
		return;
	off = (uintptr_t)at - (uintptr_t)pool->maze.entrance;
	if (off / LABYRINTH_SLOT_SIZE >= pool->maze.slots)
		LAB_LOG(CRIT, "  outside of the maze at %p", pool->maze.entrance);
	else
		LAB_LOG(CRIT, "  maze at %p, page in slot %zu of %u, offset 0x%zx in it",
		        pool->maze.entrance, off / LABYRINTH_SLOT_SIZE, pool->maze.slots,
		        off % LABYRINTH_SLOT_SIZE);
}

/* One line of bytes; the bad ones in brackets. */
static void
log_bytes(const uint8_t *from, const uint8_t *bad, size_t bad_len)
{
	char text[DUMP_LINE * 4 + 1];
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < DUMP_LINE; i++) {
		bool is_bad = from + i >= bad && from + i < bad + bad_len;

		used += (size_t)snprintf(text + used, sizeof(text) - used,
		                         is_bad ? "[%02x]" : " %02x ", from[i]);
	}
	LAB_LOG(CRIT, "  %p: %s", (const void *)from, text);
}

/* The bytes around the first bad one, as far as they are the frame's. */
static void
log_dump(const struct labyrinth_violation *violation)
{
	const uint8_t *frame = violation->nearest;
	const uint8_t *begin = frame - LABYRINTH_HEADER_LEN;
	/* With a canary there is a line behind the frame; without one, maybe a wall. */
	size_t behind = violation->kind == LABYRINTH_CANARY ? DUMP_LINE : 0;
	const uint8_t *end = frame + violation->frame_len + behind;
	const uint8_t *at = violation->at;
	unsigned int i;

	if (frame == NULL || at == NULL || at < begin || at >= end)
		return;
	LAB_LOG(CRIT, "  bad bytes: %zu from %p on, at offset %td of the frame", violation->bad,
	        (const void *)at, at - frame);
	at -= (uintptr_t)at % DUMP_LINE;
	if (at >= begin + DUMP_LINE)
		at -= DUMP_LINE;
	for (i = 0; i < DUMP_LINES && at + DUMP_LINE <= end; i++, at += DUMP_LINE)
		log_bytes(at, violation->at, violation->bad);
}

/* The moves a frame remembers, with where in the program they were asked for. */
static void
log_moves(const struct labyrinth_violation *violation, const char *whose, const void *frame)
{
	struct labyrinth_move moves[LABYRINTH_TRACE_MAX];
	uint32_t n;
	uint32_t i;

	n = labyrinth_moves(violation->lab, frame, moves, LABYRINTH_TRACE_MAX);
	for (i = 0; i < n; i++) {
		char **site = backtrace_symbols((void *const *)&moves[i].site, 1);
		char who[32];

		lcore_name(who, sizeof(who), moves[i].by.lane);
		LAB_LOG(CRIT, "  %smove %u back: %s by %s of process %u, %.1f ms ago, at %s", whose,
		        i + 1, moves[i].put ? "freed" : "allocated", who, moves[i].by.pid,
		        (double)moves[i].by.age / NS_PER_MS, site == NULL ? "?" : site[0]);
		free(site);
	}
}

/* Who had the frame: what is remembered of it lies in front of it. */
static void
log_history(const struct labyrinth_pool *pool, const struct labyrinth_violation *violation)
{
	if (violation->nearest == NULL)
		return;
	log_deed("allocated last by", &violation->got, "never");
	log_deed("freed last by", &violation->put, "never, or not since");
	log_moves(violation, "", violation->nearest);
	if (pool->options.trace == 0)
		LAB_LOG(CRIT, "  (with the option trace=4, its latest moves would be here)");
}

static void
log_culprit(const struct labyrinth_violation *violation)
{
	if (violation->kind != LABYRINTH_HEADER || violation->before == NULL)
		return;
	LAB_LOG(CRIT, "  likely culprit: frame %p in front of it, %td bytes lower",
	        violation->before,
	        (const uint8_t *)violation->nearest - (const uint8_t *)violation->before);
	log_deed("culprit allocated last by", &violation->before_got, "never");
	log_moves(violation, "culprit's ", violation->before);
}

void
labyrinth_report_log(const struct labyrinth_violation *violation, uint64_t number,
                     uint64_t unreported)
{
	const struct labyrinth_pool *pool = labyrinth_pool_of_lab(violation->lab);
	char who[32];

	lcore_name(who, sizeof(who), violation->lane);
	LAB_LOG(CRIT, "%s", RULE);
	LAB_LOG(CRIT, "violation: %s in pool %s (number %" PRIu64 ")",
	        labyrinth_violation_name(violation->kind), pool->mp->name, number);
	if (unreported > 0)
		LAB_LOG(CRIT, "  %" PRIu64 " more were counted before it, but not reported",
		        unreported);
	log_place(pool, violation);
	LAB_LOG(CRIT, "  tripped over by: %s of process %d", who, (int)getpid());
	log_history(pool, violation);
	log_culprit(violation);
	log_dump(violation);
	LAB_LOG(CRIT, "  backtrace of who tripped over it:");
	labyrinth_report_backtrace();
	LAB_LOG(CRIT, "  %s",
	        violation->stop ? "violation=panic: the process stops"
	                        : "violation=report: the process goes on");
	LAB_LOG(CRIT, "%s", RULE);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A report in words: what, where, who had the frame, who tripped over it, the
 * bytes around.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_lcore.h>

#include "labyrinth_log.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_report_text.h"

#define DUMP_LINE  16
#define DUMP_LINES 6
#define NS_PER_MS  1e6
#define RED        "\033[1;31m"
#define PLAIN      "\033[0m"
#define RULE       "=================================================================="

static void
log_mover(const char *what, const struct labyrinth_mover *mover, const char *unknown)
{
	char who[32];

	if (!mover->known) {
		LAB_LOG(CRIT, "  %s: %s", what, unknown);
		return;
	}
	labyrinth_tell_lcore(who, sizeof(who), mover->lane);
	if (mover->age == LABYRINTH_AGE_UNKNOWN)
		LAB_LOG(CRIT, "  %s: %s of process %u", what, who, mover->pid);
	else
		LAB_LOG(CRIT, "  %s: %s of process %u, %.1f ms ago", what, who, mover->pid,
		        (double)mover->age / NS_PER_MS);
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
log_moves(const struct labyrinth_told *told, const char *whose, const struct labyrinth_move *moves,
          uint32_t n)
{
	char site[2 * LABYRINTH_PLACE_LEN];
	uint32_t i;

	for (i = 0; i < n; i++) {
		char who[32];

		labyrinth_tell_lcore(who, sizeof(who), moves[i].by.lane);
		labyrinth_tell_site(told, &moves[i], site, sizeof(site), false);
		LAB_LOG(CRIT, "  %smove %u back: %s by %s of process %u, %.1f ms ago, at %s", whose,
		        i + 1, moves[i].put ? "freed" : "allocated", who, moves[i].by.pid,
		        (double)moves[i].by.age / NS_PER_MS, site);
	}
}

/* Who had the frame, and before it the one in front. */
static void
log_history(const struct labyrinth_told *told)
{
	const struct labyrinth_violation *violation = told->violation;

	if (violation->kind == LABYRINTH_FOREIGN)
		log_moves(told, "its ", told->before_moves, told->before_moved);
	if (violation->nearest == NULL)
		return;
	log_mover("allocated last by", &violation->got, "never");
	log_mover("freed last by", &violation->put, "never, or not since");
	log_moves(told, "", told->moves, told->moved);
	if (violation->kind == LABYRINTH_HEADER && violation->before != NULL &&
	    !violation->underflow) {
		LAB_LOG(CRIT, "  likely culprit: frame %p in front of it, %td bytes lower",
		        violation->before,
		        (const uint8_t *)violation->nearest - (const uint8_t *)violation->before);
		log_mover("culprit allocated last by", &violation->before_got, "never");
		log_moves(told, "culprit's ", told->before_moves, told->before_moved);
	}
	LAB_LOG(CRIT, "  (times before this report, within %.1f ms or %u calls of that lcore)",
	        (double)labyrinth_age_grain() / NS_PER_MS, LABYRINTH_AGE_CALLS);
}

static unsigned int
unknown_sites(const struct labyrinth_told *told, const struct labyrinth_move *moves, uint32_t n,
              const void **unknown)
{
	char text[LABYRINTH_PLACE_LEN];
	unsigned int missing = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (moves[i].by.pid != ((uint32_t)getpid() & LABYRINTH_PID_MASK))
			continue;
		if (!told->calls.in_signal &&
		    labyrinth_place_short(moves[i].site, text, sizeof(text)))
			continue;
		unknown[missing++] = moves[i].site;
		if (moves[i].caller != NULL)
			unknown[missing++] = moves[i].caller;
	}
	return missing;
}

/* Calls, and for those without a line the command that finds it. */
static void
log_calls(const struct labyrinth_told *told)
{
	const void *unknown[LABYRINTH_CALLS_MOST + 4 * LABYRINTH_TRACE_MAX];
	unsigned int missing;

	if (!told->violation->by_patrol)
		LAB_LOG(CRIT, "  backtrace of who tripped over it:");
	missing = labyrinth_calls_log(&told->calls, unknown);
	missing += unknown_sites(told, told->moves, told->moved, unknown + missing);
	missing += unknown_sites(told, told->before_moves, told->before_moved, unknown + missing);
	labyrinth_calls_commands(RTE_LOG_CRIT, unknown, missing);
}

/* One line for who searches a log: what, which pool, where. */
static void
log_summary(const struct labyrinth_told *told)
{
	const struct labyrinth_violation *violation = told->violation;
	char site[LABYRINTH_PLACE_LEN];
	char culprit[LABYRINTH_PLACE_LEN];
	bool front = violation->kind == LABYRINTH_HEADER && !violation->underflow;
	bool other = front || violation->kind == LABYRINTH_FOREIGN;
	const struct labyrinth_move *move = other ? told->before_moves : told->moves;
	char how[48] = "";

	labyrinth_tell_now(told, culprit, sizeof(culprit));
	site[0] = '\0';
	/* Of an overflow it is the frame in front that tells who. */
	if ((other ? told->before_moved : told->moved) > 0) {
		labyrinth_tell_site(told, move, site, sizeof(site), true);
		snprintf(how, sizeof(how), ", %s%s in ", front ? "the buffer in front was " : "",
		         move->put ? "freed" : "allocated");
	}
	LAB_LOG(CRIT, "%sSUMMARY: labyrinth: %s in pool %s, found in %s%s%s%s",
	        told->colour ? RED : "", labyrinth_violation_name(violation->kind),
	        told->pool->mp->name, culprit, how, site, told->colour ? PLAIN : "");
}

static void
log_head(const struct labyrinth_told *told, uint64_t number, uint64_t unreported)
{
	struct timespec now;
	char when[32];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	LAB_LOG(CRIT, "%s", RULE);
	LAB_LOG(CRIT, "%sviolation: %s in pool %s (number %" PRIu64 ")%s", told->colour ? RED : "",
	        labyrinth_violation_name(told->violation->kind), told->pool->mp->name, number,
	        told->colour ? PLAIN : "");
	LAB_LOG(CRIT, "  at %s.%03ldZ, in process %d", when, now.tv_nsec / 1000000, (int)getpid());
	if (unreported > 0)
		LAB_LOG(CRIT, "  %" PRIu64 " more were counted before it, but not reported",
		        unreported);
}

static void
told_make(struct labyrinth_told *told, const struct labyrinth_violation *violation,
          const struct labyrinth_calls *calls)
{
	told->violation = violation;
	told->pool = labyrinth_pool_of_lab(violation->lab);
	told->calls = *calls;
	told->moved = 0;
	told->before_moved = 0;
	if (violation->nearest != NULL)
		told->moved = labyrinth_moves(violation->lab, violation->nearest, told->moves,
		                              LABYRINTH_TRACE_MAX);
	if (violation->kind == LABYRINTH_HEADER && violation->before != NULL)
		told->before_moved = labyrinth_moves(violation->lab, violation->before,
		                                     told->before_moves, LABYRINTH_TRACE_MAX);
	/* The log goes to either; colour is for eyes only. */
	told->colour = isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL;
}

void
labyrinth_report_log(const struct labyrinth_violation *violation,
                     const struct labyrinth_calls *calls, uint64_t number, uint64_t unreported)
{
	struct labyrinth_told told;
	char who[32];

	told_make(&told, violation, calls);
	labyrinth_tell_lcore(who, sizeof(who), violation->lane);
	log_head(&told, number, unreported);
	log_place(told.pool, violation);
	if (violation->kind == LABYRINTH_FOREIGN)
		labyrinth_tell_foreign(&told);
	if (violation->by_patrol)
		LAB_LOG(CRIT, "  found by: the patrol of process %d", (int)getpid());
	else
		LAB_LOG(CRIT, "  tripped over by: %s of process %d", who, (int)getpid());
	log_history(&told);
	labyrinth_tell_mbuf(told.pool->mp, violation->nearest, violation->frame_len);
	log_dump(violation);
	log_calls(&told);
	labyrinth_tell_conclusion(&told);
	labyrinth_tell_command(&told);
	LAB_LOG(CRIT, "  %s",
	        violation->stop ? "violation=panic: the process stops"
	                        : "violation=report: the process goes on");
	LAB_LOG(CRIT, "%s", RULE);
	log_summary(&told);
}

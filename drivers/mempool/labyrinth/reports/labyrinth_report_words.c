/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What follows from a report, in words, and how to learn more.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_mbuf.h>

#include "labyrinth_log.h"
#include "labyrinth_report_text.h"

#define BOLD   "\033[1m"
#define PLAIN  "\033[0m"
#define SITE   512
#define KNOWN  "LABYRINTH_OPTIONS"
#define MOVES  "trace=4"
#define ARGS   4096
#define QUOTED 6000

static void
conclude(const struct labyrinth_told *told, const char *text)
{
	LAB_LOG(CRIT, "  %sconclusion: %s%s", told->colour ? BOLD : "", text,
	        told->colour ? PLAIN : "");
}

/* Who allocated or freed a frame, with the place if that is noted. */
static void
culprit(const struct labyrinth_told *told, const struct labyrinth_move *moves, uint32_t n,
        const struct labyrinth_mover *mover, bool put, char *text, size_t len)
{
	char site[SITE];
	char who[32];

	if (n > 0 && moves[0].put == put) {
		labyrinth_tell_lcore(who, sizeof(who), moves[0].by.lane);
		labyrinth_tell_site(told, &moves[0], site, sizeof(site), true);
		snprintf(text, len, "%s in %s", who, site);
	} else if (mover->known) {
		labyrinth_tell_lcore(text, len, mover->lane);
	} else {
		snprintf(text, len, "nobody that is known");
	}
}

/*
 * Freed, allocated again and freed at the very same place, while who trips frees
 * elsewhere: the one in between was not the new owner's.
 */
static bool
freed_again_there(const struct labyrinth_told *told)
{
	const struct labyrinth_move *moves = told->moves;
	const struct labyrinth_calls *calls = &told->calls;
	const void *caller;

	if (told->moved < 3 || !moves[0].put || moves[1].put || !moves[2].put ||
	    moves[0].site != moves[2].site || moves[0].caller != moves[2].caller ||
	    calls->first >= calls->n)
		return false;
	caller = calls->first + 1 < calls->n ? calls->call[calls->first + 1] : NULL;
	return moves[0].site != calls->call[calls->first] ||
	       (moves[0].caller != NULL && moves[0].caller != caller);
}

static void
conclude_double_free(const struct labyrinth_told *told)
{
	const struct labyrinth_violation *violation = told->violation;
	char text[2 * SITE + 300];
	char first[SITE + 40];
	char now[SITE];

	culprit(told, told->moves, told->moved, &violation->put, true, first, sizeof(first));
	labyrinth_tell_now(told, now, sizeof(now));
	if (freed_again_there(told))
		snprintf(text, sizeof(text),
		         "the first free came from %s (move 3 back); this buffer was reused since, "
		         "and "
		         "freed there once more: the culprit is the free at move 1 back. Who freed "
		         "it "
		         "now, %s, was its owner",
		         first, now);
	else
		snprintf(text, sizeof(text),
		         "the first free came from %s, the second from %s; nobody allocated the "
		         "buffer in "
		         "between: one of the two frees what it had given away",
		         first, now);
	conclude(told, text);
}

static void
conclude_foreign(const struct labyrinth_told *told)
{
	const struct labyrinth_move *move = told->before_moves;
	const struct labyrinth_mover nobody = {.known = false};
	char text[SITE + 200];
	char who[SITE + 40];

	if (told->before_moved == 0) {
		conclude(told, "a pointer was freed into a pool that it is not of");
		return;
	}
	culprit(told, move, told->before_moved, &nobody, move->put, who, sizeof(who));
	snprintf(text, sizeof(text),
	         "a buffer of another pool was freed into this one; it was %s by %s",
	         move->put ? "freed" : "allocated", who);
	conclude(told, text);
}

static void
conclude_interior(const struct labyrinth_told *told)
{
	const struct labyrinth_violation *violation = told->violation;
	const struct rte_mbuf *m = violation->nearest;
	ptrdiff_t off = (const uint8_t *)violation->frame - (const uint8_t *)violation->nearest;
	char text[200];

	if (violation->nearest != NULL && labyrinth_pool_has_mbufs(told->pool->mp) &&
	    violation->frame == (const uint8_t *)m->buf_addr + m->data_off)
		snprintf(text, sizeof(text),
		         "the pointer is that of the packet's data: the mbuf is at %p",
		         violation->nearest);
	else
		snprintf(text, sizeof(text),
		         "the pointer was computed, or is damaged: the buffer begins %td bytes %s",
		         off < 0 ? -off : off, off < 0 ? "later" : "earlier");
	conclude(told, text);
}

static void
conclude_overflow(const struct labyrinth_told *told)
{
	const struct labyrinth_violation *violation = told->violation;
	char text[SITE + 400];
	char who[SITE + 40];

	if (violation->kind == LABYRINTH_CANARY) {
		culprit(told, told->moves, told->moved, &violation->got, false, who, sizeof(who));
		snprintf(text, sizeof(text),
		         "whoever had this buffer wrote past its end; it was allocated by %s", who);
	} else if (violation->underflow) {
		culprit(told, told->moves, told->moved, &violation->got, false, who, sizeof(who));
		snprintf(text, sizeof(text),
		         "the end of the buffer in front is whole: the holder of this buffer wrote "
		         "in front of its start; it was allocated by %s",
		         who);
	} else if (violation->before != NULL) {
		culprit(told, told->before_moves, told->before_moved, &violation->before_got, false,
		        who, sizeof(who));
		snprintf(text, sizeof(text),
		         "written past its end by the holder of the buffer in front, %p, allocated "
		         "by %s%s",
		         violation->before, who,
		         violation->by_patrol
		                 ? ""
		                 : "; or in front of its start by the holder of this one");
	} else {
		snprintf(text, sizeof(text),
		         "nothing is in front of this buffer: its own holder wrote in front of it");
	}
	conclude(told, text);
}

static void
conclude_write_after_free(const struct labyrinth_told *told)
{
	const struct labyrinth_violation *violation = told->violation;
	bool poisoned = told->pool->options.sample > 0;
	char text[SITE + 500];
	char who[SITE + 40];

	culprit(told, told->moves, told->moved, &violation->put, true, who, sizeof(who));
	snprintf(text, sizeof(text),
	         "written while free: by who freed it, %s, and kept a pointer to it (or a device "
	         "that "
	         "still had it); or by the holder of the buffer in front; or by "
	         "rte_mempool_obj_iter()%s",
	         who, poisoned ? ", which may not write to buffers that are free" : "");
	conclude(told, text);
}

void
labyrinth_tell_conclusion(const struct labyrinth_told *told)
{
	switch (told->violation->kind) {
	case LABYRINTH_DOUBLE_FREE:
		conclude_double_free(told);
		break;
	case LABYRINTH_NEVER_ALLOCATED:
		conclude(told,
		         "nobody ever allocated this buffer: the pointer was computed, or comes "
		         "from a list of all buffers");
		break;
	case LABYRINTH_FOREIGN:
		conclude_foreign(told);
		break;
	case LABYRINTH_INTERIOR:
		conclude_interior(told);
		break;
	case LABYRINTH_HEADER:
	case LABYRINTH_CANARY:
		conclude_overflow(told);
		break;
	case LABYRINTH_WRITE_AFTER_FREE:
		conclude_write_after_free(told);
		break;
	case LABYRINTH_LOST:
		conclude(told, "no free brings this buffer back: its mbuf was overwritten, or its "
		               "references were counted down without a free");
		break;
	case LABYRINTH_DOUBLE_ALLOC:
		conclude(told,
		         "two threads freed this buffer at the same time, or the memory of the "
		         "pool itself was overwritten");
		break;
	default:
		break;
	}
}

/* An argument as a shell takes it; what does not fit is left out. */
static size_t
quote(char *to, size_t room, const char *word)
{
	size_t used = 0;

	if (word[0] != '\0' &&
	    word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                      "0123456789_-+=:,./@%")] == '\0') {
		if (strlen(word) + 2 > room)
			return 0;
		return (size_t)snprintf(to, room, " %s", word);
	}
	if (4 * strlen(word) + 4 > room)
		return 0;
	to[used++] = ' ';
	to[used++] = '\'';
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			used += (size_t)snprintf(to + used, room - used, "'\\''");
		else
			to[used++] = *word;
	}
	to[used++] = '\'';
	to[used] = '\0';
	return used;
}

/* The command line of this process; false if the kernel does not tell it. */
static bool
command_line(char *text, size_t len)
{
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	char args[ARGS];
	size_t used = 0;
	ssize_t n;
	size_t i;

	n = fd < 0 ? -1 : read(fd, args, sizeof(args) - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	args[n] = '\0';
	for (i = 0; i < (size_t)n; i += strlen(args + i) + 1)
		used += quote(text + used, len - used, args + i);
	return true;
}

void
labyrinth_tell_command(const struct labyrinth_told *told)
{
	const char *options = getenv(KNOWN);
	char text[QUOTED];
	char value[512];
	char quoted[1100];

	if (told->pool->options.trace > 0 || told->calls.in_signal ||
	    told->violation->kind == LABYRINTH_NO_ROOM || !command_line(text, sizeof(text)))
		return;
	snprintf(value, sizeof(value), "%s%s" MOVES, options == NULL ? "" : options,
	         options == NULL || options[0] == '\0' ? "" : ",");
	if (quote(quoted, sizeof(quoted), value) == 0)
		return;
	LAB_LOG(CRIT, "  to see who moved the buffer before, and where, run again:");
	LAB_LOG(CRIT, "    " KNOWN "=%s%s", quoted + 1, text);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>

#include "labyrinth_held.h"
#include "labyrinth_inspect.h"
#include "labyrinth_log.h"
#include "labyrinth_pool.h"
#include "labyrinth_report_text.h"

#define NS_PER_MS 1000000
/* Groups in a line of the log. */
#define GROUPS_LOGGED 8
#define LINE_LEN      3072
#define SITE_LEN      256
/* Places that are remembered during a walk. */
#define PLACES 64

/* --- places ------------------------------------------------------------------------ */

/* Which call is the program's own takes long to find out, and is asked for each frame. */
struct places {
	struct {
		const void *site;
		const void *caller;
		const void *own;
	} place[PLACES];
	unsigned int n;
};

static bool
is_own(uint32_t pid)
{
	return pid == ((uint32_t)getpid() & LABYRINTH_PID_MASK);
}

static const void *
own_of(struct places *places, const struct labyrinth_move *move)
{
	const unsigned int known = RTE_MIN(places->n, (unsigned int)PLACES);
	const void *own;
	unsigned int i;

	/* Addresses of another process mean nothing here. */
	if (!is_own(move->by.pid))
		return move->site;
	for (i = 0; i < known; i++) {
		if (places->place[i].site == move->site && places->place[i].caller == move->caller)
			return places->place[i].own;
	}
	own = labyrinth_place_own(move->site, move->caller);
	i = places->n++ % PLACES;
	places->place[i].site = move->site;
	places->place[i].caller = move->caller;
	places->place[i].own = own;
	return own;
}

static const void *
site_of(struct places *places, const labyrinth_t *lab, const void *frame)
{
	struct labyrinth_move move;

	if (labyrinth_moves(lab, frame, &move, 1) != 1 || move.put)
		return NULL;
	return own_of(places, &move);
}

bool
labyrinth_held_place(const void *site, uint32_t pid, char *text, size_t len)
{
	text[0] = '\0';
	if (site == NULL)
		return false;
	if (is_own(pid))
		return labyrinth_place_short(site, text, len);
	snprintf(text, len, "%p of that process", site);
	return false;
}

/* --- counting ---------------------------------------------------------------------- */

static void
count(struct labyrinth_held *held, const struct labyrinth_held_frame *frame)
{
	struct labyrinth_held_group *group = held->group;
	uint32_t i;

	held->frames++;
	if (held->oldest == NULL || frame->by.age > held->oldest_age) {
		held->oldest = frame->frame;
		held->oldest_age = frame->by.age;
	}
	for (i = 0; i < held->groups; i++, group++)
		if (group->site == frame->site && group->lane == frame->by.lane &&
		    group->pid == frame->by.pid)
			break;
	if (i == LABYRINTH_HELD_GROUPS) {
		held->unlisted++;
		return;
	}
	if (i == held->groups) {
		*group = (struct labyrinth_held_group){
			.site = frame->site, .lane = frame->by.lane, .pid = frame->by.pid};
		held->groups++;
	}
	group->frames++;
	group->oldest = RTE_MAX(group->oldest, frame->by.age);
}

static void
groups_sort(struct labyrinth_held *held)
{
	uint32_t i;
	uint32_t j;

	for (i = 1; i < held->groups; i++) {
		struct labyrinth_held_group group = held->group[i];

		for (j = i; j > 0 && held->group[j - 1].frames < group.frames; j--)
			held->group[j] = held->group[j - 1];
		held->group[j] = group;
	}
}

void
labyrinth_held_find(const struct rte_mempool *mp, struct labyrinth_held *held,
                    labyrinth_held_fn *fn, void *arg)
{
	const labyrinth_t *lab = labyrinth_of(mp);
	struct labyrinth_held_frame seen;
	struct places places = {.n = 0};
	uint32_t i;

	memset(held, 0, sizeof(*held));
	if (!labyrinth_pool_of(mp)->options.seal) {
		held->frames = rte_mempool_in_use_count(mp);
		held->unlisted = held->frames;
		return;
	}
	for (i = 0; (seen.frame = labyrinth_frame(lab, i)) != NULL; i++) {
		if (labyrinth_frame_owner(lab, i, &seen.by) != 0)
			continue;
		seen.site = site_of(&places, lab, seen.frame);
		count(held, &seen);
		if (fn != NULL)
			fn(&seen, arg);
	}
	groups_sort(held);
}

uint32_t
labyrinth_held_others(const struct labyrinth_held *held, uint32_t most)
{
	uint32_t others = held->unlisted;
	uint32_t i;

	for (i = most; i < held->groups; i++)
		others += held->group[i].frames;
	return others;
}

/* --- in words ----------------------------------------------------------------------- */

struct line {
	char text[LINE_LEN];
	size_t used;
};

static __rte_format_printf(2, 3) void line_add(struct line *line, const char *format, ...)
{
	size_t left = sizeof(line->text) - line->used;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line->text + line->used, left, format, args);
	va_end(args);
	line->used += len < 0 ? 0 : RTE_MIN((size_t)len, left - 1);
}

/* Tells whether the place is known by file and line, as far as there is one. */
static bool
group_add(struct line *line, const struct labyrinth_held_group *group)
{
	char site[SITE_LEN];
	char who[32];
	bool known = labyrinth_held_place(group->site, group->pid, site, sizeof(site));

	labyrinth_tell_lcore(who, sizeof(who), group->lane);
	line_add(line, "%u by %s of process %u%s%s (since %" PRIu64 " ms at most)", group->frames,
	         who, group->pid, site[0] == '\0' ? "" : " in ", site, group->oldest / NS_PER_MS);
	return known || group->site == NULL || !is_own(group->pid);
}

void
labyrinth_held_log(const struct rte_mempool *mp, const char *what,
                   const struct labyrinth_held *held)
{
	const uint32_t others = labyrinth_held_others(held, GROUPS_LOGGED);
	const void *unknown[GROUPS_LOGGED];
	struct line line = {.used = 0};
	unsigned int missing = 0;
	uint32_t i;

	for (i = 0; i < held->groups && i < GROUPS_LOGGED; i++) {
		line_add(&line, "%s", i == 0 ? ": " : ", ");
		if (!group_add(&line, &held->group[i]))
			unknown[missing++] = held->group[i].site;
	}
	if (others > 0 && held->groups > 0)
		line_add(&line, ", %u by others", others);
	if (held->oldest != NULL)
		line_add(&line, "; the oldest: frame %p, %" PRIu64 " ms", held->oldest,
		         held->oldest_age / NS_PER_MS);
	LAB_LOG(WARNING, "pool %s: %s %u of %u frames held%s", mp->name, what, held->frames,
	        mp->size, line.text);
	labyrinth_calls_commands(RTE_LOG_WARNING, unknown, missing);
}

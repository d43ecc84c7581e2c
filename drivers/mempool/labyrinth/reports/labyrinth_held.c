/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "labyrinth_held.h"
#include "labyrinth_inspect.h"
#include "labyrinth_log.h"
#include "labyrinth_pool.h"
#include "labyrinth_report_text.h"

#define NS_PER_MS 1000000
/* Groups in a line of the log. */
#define GROUPS_LOGGED 8
#define LINE_LEN      2048

static const void *
site_of(const labyrinth_t *lab, const void *frame)
{
	struct labyrinth_move move;

	return labyrinth_moves(lab, frame, &move, 1) == 1 && !move.put ? move.site : NULL;
}

void
labyrinth_held_count(struct labyrinth_held *held, const struct labyrinth_held_frame *frame)
{
	struct labyrinth_held_group *group = held->group;
	uint32_t i;

	for (i = 0; i < held->groups; i++, group++)
		if (group->lane == frame->by.lane && group->pid == frame->by.pid &&
		    group->site == frame->site)
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
                    struct labyrinth_held_frame *frames, uint32_t most)
{
	const labyrinth_t *lab = labyrinth_of(mp);
	struct labyrinth_held_frame seen;
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
		seen.site = site_of(lab, seen.frame);
		if (frames != NULL && held->frames < most)
			frames[held->frames] = seen;
		held->frames++;
		labyrinth_held_count(held, &seen);
		if (held->oldest == NULL || seen.by.age > held->oldest_age) {
			held->oldest = seen.frame;
			held->oldest_age = seen.by.age;
		}
	}
	groups_sort(held);
}

static void
site_words(char *text, size_t len, const void *site)
{
	const char *file;
	Dl_info info;

	if (site == NULL || dladdr(site, &info) == 0) {
		snprintf(text, len, "%p", site);
		return;
	}
	file = strrchr(info.dli_fname, '/');
	file = file == NULL ? info.dli_fname : file + 1;
	if (info.dli_sname != NULL)
		snprintf(text, len, "%s (%s+0x%tx)", info.dli_sname, file,
		         (const char *)site - (const char *)info.dli_fbase);
	else
		snprintf(text, len, "%s+0x%tx", file,
		         (const char *)site - (const char *)info.dli_fbase);
}

static size_t
group_words(char *text, size_t len, const struct labyrinth_held_group *group)
{
	char site[160] = "";
	char who[32];
	int used;

	labyrinth_tell_lcore(who, sizeof(who), group->lane);
	if (group->site != NULL) {
		memcpy(site, " at ", 5);
		site_words(site + 4, sizeof(site) - 4, group->site);
	}
	used = snprintf(text, len, "%u by %s of process %u%s (since %" PRIu64 " ms at most)",
	                group->frames, who, group->pid, site, group->oldest / NS_PER_MS);
	return used < 0 || (size_t)used >= len ? 0 : (size_t)used;
}

void
labyrinth_held_log(const struct rte_mempool *mp, const char *what,
                   const struct labyrinth_held *held)
{
	uint32_t others = held->unlisted;
	char text[LINE_LEN] = "";
	size_t used = 0;
	uint32_t i;

	for (i = 0; i < held->groups; i++) {
		if (i >= GROUPS_LOGGED) {
			others += held->group[i].frames;
			continue;
		}
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
		                         i == 0 ? ": " : ", ");
		used += group_words(text + used, sizeof(text) - used, &held->group[i]);
	}
	if (others > 0 && held->groups > 0)
		used += (size_t)snprintf(text + used, sizeof(text) - used, ", %u by others",
		                         others);
	if (held->oldest != NULL)
		snprintf(text + used, sizeof(text) - used, "; the oldest: frame %p, %" PRIu64 " ms",
		         held->oldest, held->oldest_age / NS_PER_MS);
	LAB_LOG(WARNING, "pool %s: %s %u of %u frames held%s", mp->name, what, held->frames,
	        mp->size, text);
}

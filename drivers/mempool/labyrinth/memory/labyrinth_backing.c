/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "labyrinth_backing.h"
#include "labyrinth_giga_backing.h"
#include "labyrinth_log.h"

/* Why a pool should not lie in a maze, or NULL. */
static const char *
maze_objection(const struct labyrinth_pool *pool)
{
	if (pool->blocks == 0)
		return "an element is larger than a 2 MiB page";
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return "made by a secondary process, whose mazes others cannot see";
	return NULL;
}

static void
number_or_off(char *text, size_t len, uint32_t number)
{
	if (number == 0)
		snprintf(text, len, "off");
	else
		snprintf(text, len, "%u", number);
}

static void
decide(const struct rte_mempool *mp, struct labyrinth_pool *pool,
       enum rte_labyrinth_backing backing, const char *why)
{
	const struct labyrinth_options *options = &pool->options;
	char sample[16];
	char trace[16];
	char patrol[16];

	pool->backing = backing;
	number_or_off(sample, sizeof(sample), options->sample);
	number_or_off(trace, sizeof(trace), options->trace);
	number_or_off(patrol, sizeof(patrol), options->patrol);
	LAB_LOG(NOTICE,
	        "pool %s: backing=%s (%s), profile=%s, violation=%s, trace=%s, patrol=%s, "
	        "sample=%s",
	        mp->name, backing == RTE_LABYRINTH_BACKING_MAZE ? "maze" : "eal", why,
	        labyrinth_profile_name(options->profile), options->report ? "report" : "panic",
	        trace, patrol, sample);
}

/* How many walls there are, where that is not one around every page, and why so. */
static void
decide_for_maze(const struct rte_mempool *mp, struct labyrinth_pool *pool,
                const struct labyrinth_needs *needs, const char *pages)
{
	const struct labyrinth_maze *maze = &pool->maze;
	const char *why = "as asked for";
	char text[400];

	if (pool->options.halls == 0)
		why = needs->halls_why[0] != '\0' ? needs->halls_why : "VFIO maps each";
	if (maze->halls == maze->blocks)
		snprintf(text, sizeof(text), "%s", pages);
	else
		snprintf(text, sizeof(text), "%s; %u %s in %u hall%s: %s", pages, maze->blocks,
		         maze->pages == LABYRINTH_MAZE_GIGA ? "blocks" : "pages", maze->halls,
		         maze->halls == 1 ? "" : "s", why);
	decide(mp, pool, RTE_LABYRINTH_BACKING_MAZE, text);
}

void
labyrinth_backing_given(const struct rte_mempool *mp, struct labyrinth_pool *pool)
{
	decide(mp, pool, RTE_LABYRINTH_BACKING_EAL, "memory given by the application");
}

static int
refuse(const struct rte_mempool *mp, int err, const char *why)
{
	LAB_LOG(ERR,
	        "pool %s: backing=maze is not possible: %s (%s); backing=auto or eal would "
	        "take EAL's memory",
	        mp->name, why, rte_strerror(-err));
	return err;
}

/* What a maze can be made of, best first. */
enum kind {
	KIND_1G,
	KIND_2M,
	KIND_THP,
	KIND_SMALL,
	KINDS,
};

static const struct {
	enum labyrinth_pages_option asked;
	enum labyrinth_maze_pages pages;
	bool scattered; /* the memory of a block is in pieces, or may be */
} kinds[KINDS] = {
	[KIND_1G] = {LABYRINTH_PAGES_1G, LABYRINTH_MAZE_GIGA, false},
	[KIND_2M] = {LABYRINTH_PAGES_2M, LABYRINTH_MAZE_HUGE, false},
	[KIND_THP] = {LABYRINTH_PAGES_THP, LABYRINTH_MAZE_THP, true},
	[KIND_SMALL] = {LABYRINTH_PAGES_SMALL, LABYRINTH_MAZE_SMALL, true},
};

/*
 * Would auto try this kind? The largest pages that EAL itself has memory of, then
 * smaller ones. With huge pages for EAL, its memory beats a maze of small pages.
 */
static bool
auto_tries(enum kind kind, bool maze_only)
{
	switch (kind) {
	case KIND_1G:
		return labyrinth_eal_page() >= RTE_PGSIZE_1G;
	case KIND_2M:
		return rte_eal_has_hugepages() != 0;
	case KIND_THP:
		return (maze_only || !rte_eal_has_hugepages()) && labyrinth_maze_thp_allowed();
	default:
		return maze_only || !rte_eal_has_hugepages();
	}
}

/* Why the kind cannot be had at all, or NULL. */
static const char *
kind_objection(enum kind kind)
{
	if (kinds[kind].scattered && rte_eal_iova_mode() != RTE_IOVA_VA)
		return kind == KIND_THP ? "transparent huge pages serve only with --iova-mode=va"
		                        : "4 KiB pages serve only with --iova-mode=va";
	if (kind == KIND_THP && !labyrinth_maze_thp_allowed())
		return "the kernel does not allow transparent huge pages for shared memory: echo "
		       "advise >/sys/kernel/mm/transparent_hugepage/shmem_enabled";
	return NULL;
}

/* What the pool lies in, for the log. */
static void
tell_kind(const struct rte_mempool *mp, struct labyrinth_pool *pool,
          const struct labyrinth_needs *needs, enum kind kind, bool short_of)
{
	char text[160];

	switch (kind) {
	case KIND_1G:
		labyrinth_giga_describe(pool, text, sizeof(text));
		break;
	case KIND_2M:
		snprintf(text, sizeof(text), "huge pages%s",
		         short_of ? ": no 1 GiB page is left" : "");
		break;
	case KIND_THP:
		snprintf(text, sizeof(text), "transparent huge pages: %u of %u blocks have one%s",
		         pool->maze.transparent, pool->maze.blocks,
		         short_of ? "; no reserved huge page is left" : "");
		break;
	default:
		snprintf(text, sizeof(text), "4 KiB pages%s",
		         short_of ? ": no huge page is left" : "");
		break;
	}
	decide_for_maze(mp, pool, needs, text);
}

static int
make_kind(const struct rte_mempool *mp, struct labyrinth_pool *pool,
          const struct labyrinth_needs *needs, enum kind kind, const char **why)
{
	*why = kind_objection(kind);
	if (*why != NULL)
		return rte_eal_iova_mode() == RTE_IOVA_VA ? -ENOTSUP : -EINVAL;
	if (kind == KIND_1G)
		return labyrinth_giga_make(mp, pool, needs, why);
	return labyrinth_maze_make(mp, pool, kinds[kind].pages, needs, why);
}

/* Tells what failed first, which is what was wanted most. */
static int
try_maze(const struct rte_mempool *mp, struct labyrinth_pool *pool,
         const struct labyrinth_needs *needs, bool maze_only, const char **why)
{
	enum labyrinth_pages_option asked = pool->options.pages;
	bool short_of = false;
	enum kind kind;
	int first = 0;

	*why = NULL;
	for (kind = KIND_1G; kind < KINDS; kind++) {
		const char *reason;
		int ret;

		if (asked == LABYRINTH_PAGES_AUTO ? !auto_tries(kind, maze_only)
		                                  : kinds[kind].asked != asked)
			continue;
		ret = make_kind(mp, pool, needs, kind, &reason);
		if (ret == 0) {
			tell_kind(mp, pool, needs, kind, short_of);
			return 0;
		}
		short_of |= ret == -ENOMEM;
		if (*why == NULL) {
			*why = reason;
			first = ret;
		}
		/* Smaller pages help only where larger ones are short. */
		if (ret != -ENOMEM && kind_objection(kind) == NULL)
			break;
	}
	return first;
}

int
labyrinth_backing_choose(const struct rte_mempool *mp, struct labyrinth_pool *pool)
{
	enum labyrinth_backing_option wish = pool->options.backing;
	struct labyrinth_needs needs;
	const char *why;
	int ret;

	if (wish == LABYRINTH_BACKING_EAL) {
		decide(mp, pool, RTE_LABYRINTH_BACKING_EAL, "as asked for");
		return 0;
	}
	why = maze_objection(pool);
	if (why != NULL && wish == LABYRINTH_BACKING_MAZE)
		return refuse(mp, -EINVAL, why);
	labyrinth_needs_find(&needs);
	if (why == NULL && wish == LABYRINTH_BACKING_AUTO && needs.eal_why[0] != '\0')
		why = needs.eal_why;
	if (why != NULL) {
		decide(mp, pool, RTE_LABYRINTH_BACKING_EAL, why);
		return 0;
	}
	ret = try_maze(mp, pool, &needs, wish == LABYRINTH_BACKING_MAZE, &why);
	if (ret == 0)
		return 0;
	if (wish == LABYRINTH_BACKING_MAZE)
		return refuse(mp, ret, why);
	decide(mp, pool, RTE_LABYRINTH_BACKING_EAL, why);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "labyrinth_backing.h"
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
settle(const struct rte_mempool *mp, struct labyrinth_pool *pool,
       enum rte_labyrinth_backing backing, const char *why)
{
	pool->backing = backing;
	LAB_LOG(NOTICE, "pool %s: backing=%s (%s)", mp->name,
	        backing == RTE_LABYRINTH_BACKING_MAZE ? "maze" : "eal", why);
}

/* How many walls there are, where that is not one around every page, and why so. */
static void
settle_maze(const struct rte_mempool *mp, struct labyrinth_pool *pool,
            const struct labyrinth_needs *needs, const char *pages)
{
	const struct labyrinth_maze *maze = &pool->maze;
	const char *why = "as asked for";
	char text[320];

	if (pool->options.halls == 0)
		why = needs->halls_why[0] != '\0' ? needs->halls_why : "VFIO maps each";
	if (maze->halls == maze->blocks)
		snprintf(text, sizeof(text), "%s", pages);
	else
		snprintf(text, sizeof(text), "%s; %u pages in %u hall%s: %s", pages, maze->blocks,
		         maze->halls, maze->halls == 1 ? "" : "s", why);
	settle(mp, pool, RTE_LABYRINTH_BACKING_MAZE, text);
}

void
labyrinth_backing_given(const struct rte_mempool *mp, struct labyrinth_pool *pool)
{
	settle(mp, pool, RTE_LABYRINTH_BACKING_EAL, "memory given by the application");
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

/* Small pages serve where the IOVA does not depend on where they lie. */
static bool
small_pages_allowed(const struct labyrinth_pool *pool)
{
	return pool->options.pages != LABYRINTH_PAGES_HUGE && rte_eal_iova_mode() == RTE_IOVA_VA;
}

static int
try_maze(const struct rte_mempool *mp, struct labyrinth_pool *pool,
         const struct labyrinth_needs *needs, bool small, const char **why)
{
	bool huge = pool->options.pages == LABYRINTH_PAGES_HUGE ||
	            (pool->options.pages == LABYRINTH_PAGES_AUTO && rte_eal_has_hugepages());
	int ret = -ENOMEM;

	/* If no page of any kind may be tried, this is the reason. */
	*why = "4 KiB pages serve only with --iova-mode=va";
	if (!huge && !small_pages_allowed(pool))
		return -EINVAL;
	if (huge) {
		ret = labyrinth_maze_make(mp, pool, LABYRINTH_MAZE_HUGE, needs, why);
		if (ret == 0)
			settle_maze(mp, pool, needs, "huge pages");
	}
	if (ret == -ENOMEM && small && small_pages_allowed(pool)) {
		ret = labyrinth_maze_make(mp, pool, LABYRINTH_MAZE_SMALL, needs, why);
		if (ret == 0)
			settle_maze(mp, pool, needs,
			            huge ? "4 KiB pages: no huge page is left" : "4 KiB pages");
	}
	return ret;
}

int
labyrinth_backing_choose(const struct rte_mempool *mp, struct labyrinth_pool *pool)
{
	enum labyrinth_backing_option wish = pool->options.backing;
	struct labyrinth_needs needs;
	const char *why;
	int ret;

	if (wish == LABYRINTH_BACKING_EAL) {
		settle(mp, pool, RTE_LABYRINTH_BACKING_EAL, "as asked for");
		return 0;
	}
	why = maze_objection(pool);
	if (why != NULL && wish == LABYRINTH_BACKING_MAZE)
		return refuse(mp, -EINVAL, why);
	labyrinth_needs_find(&needs);
	if (why == NULL && wish == LABYRINTH_BACKING_AUTO && needs.eal_why[0] != '\0')
		why = needs.eal_why;
	if (why != NULL) {
		settle(mp, pool, RTE_LABYRINTH_BACKING_EAL, why);
		return 0;
	}
	/* With huge pages for EAL, its memory beats a maze of small pages. */
	ret = try_maze(mp, pool, &needs,
	               wish == LABYRINTH_BACKING_MAZE || !rte_eal_has_hugepages() ||
	                       pool->options.pages == LABYRINTH_PAGES_SMALL,
	               &why);
	if (ret == 0)
		return 0;
	if (wish == LABYRINTH_BACKING_MAZE)
		return refuse(mp, ret, why);
	settle(mp, pool, RTE_LABYRINTH_BACKING_EAL, why);
	return 0;
}

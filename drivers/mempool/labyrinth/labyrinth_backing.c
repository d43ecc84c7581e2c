/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "labyrinth_backing.h"
#include "labyrinth_log.h"

/*
 * Virtual devices that cannot use memory outside of EAL's: af_xdp needs its
 * frames in one piece, virtio-user and memif without copies share only EAL's own
 * memory with their peers.
 */
static const struct {
	const char *name;
	const char *args; /* only with these, or NULL */
} eal_only[] = {
	{"net_af_xdp", NULL},
	{"net_virtio_user", NULL},
	{"virtio_user", NULL},
	{"net_memif", "zero-copy=yes"},
};

static bool
has_args(const struct rte_device *dev, const char *args)
{
	const struct rte_devargs *devargs = rte_dev_devargs(dev);

	return args == NULL ||
	       (devargs != NULL && devargs->args != NULL && strstr(devargs->args, args) != NULL);
}

/* The name of one that is there, or NULL. */
static const char *
eal_only_device(void)
{
	struct rte_dev_iterator it;
	const struct rte_device *dev;
	unsigned int i;

	RTE_DEV_FOREACH (dev, "bus=vdev", &it) {
		for (i = 0; i < RTE_DIM(eal_only); i++) {
			if (strncmp(rte_dev_name(dev), eal_only[i].name,
			            strlen(eal_only[i].name)) == 0 &&
			    has_args(dev, eal_only[i].args))
				return rte_dev_name(dev);
		}
	}
	return NULL;
}

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
	const struct labyrinth_options *options = &pool->options;
	char trace[16] = "off";

	pool->backing = backing;
	if (options->trace > 0)
		snprintf(trace, sizeof(trace), "%u", options->trace);
	LAB_LOG(NOTICE, "pool %s: backing=%s (%s), profile=%s, violation=%s, trace=%s", mp->name,
	        backing == RTE_LABYRINTH_BACKING_MAZE ? "maze" : "eal", why,
	        labyrinth_profile_name(options->profile), options->report ? "report" : "panic",
	        trace);
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
try_maze(const struct rte_mempool *mp, struct labyrinth_pool *pool, bool small, const char **why)
{
	bool huge = pool->options.pages == LABYRINTH_PAGES_HUGE ||
	            (pool->options.pages == LABYRINTH_PAGES_AUTO && rte_eal_has_hugepages());
	int ret = -ENOMEM;

	/* If no page of any kind may be tried, this is the reason. */
	*why = "4 KiB pages serve only with --iova-mode=va";
	if (!huge && !small_pages_allowed(pool))
		return -EINVAL;
	if (huge) {
		ret = labyrinth_maze_make(mp, pool, LABYRINTH_MAZE_HUGE, why);
		if (ret == 0)
			settle(mp, pool, RTE_LABYRINTH_BACKING_MAZE, "huge pages");
	}
	if (ret == -ENOMEM && small && small_pages_allowed(pool)) {
		ret = labyrinth_maze_make(mp, pool, LABYRINTH_MAZE_SMALL, why);
		if (ret == 0)
			settle(mp, pool, RTE_LABYRINTH_BACKING_MAZE,
			       huge ? "4 KiB pages: no huge page is left" : "4 KiB pages");
	}
	return ret;
}

int
labyrinth_backing_choose(const struct rte_mempool *mp, struct labyrinth_pool *pool)
{
	enum labyrinth_backing_option wish = pool->options.backing;
	const char *why;
	int ret;

	if (wish == LABYRINTH_BACKING_EAL) {
		settle(mp, pool, RTE_LABYRINTH_BACKING_EAL, "as asked for");
		return 0;
	}
	why = maze_objection(pool);
	if (why != NULL && wish == LABYRINTH_BACKING_MAZE)
		return refuse(mp, -EINVAL, why);
	if (why == NULL && wish == LABYRINTH_BACKING_AUTO)
		why = eal_only_device();
	if (why != NULL) {
		settle(mp, pool, RTE_LABYRINTH_BACKING_EAL, why);
		return 0;
	}
	/* With huge pages for EAL, its memory beats a maze of small pages. */
	ret = try_maze(mp, pool,
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

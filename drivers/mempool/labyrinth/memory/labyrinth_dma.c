/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Which devices map which mazes for DMA, whichever of them came first.
 *
 * All devices of VFIO share one container, so that one of them has the memory
 * mapped for all. EAL keeps the mapping and makes it anew when the last of them
 * is unplugged and another is plugged. Other devices map by themselves, and what
 * registers every pool by itself is not asked to.
 */

#include <pthread.h>
#include <string.h>

#include <rte_alarm.h>
#include <rte_ethdev.h>

#include "labyrinth_devices.h"
#include "labyrinth_dma.h"
#include "labyrinth_dma_pieces.h"
#include "labyrinth_log.h"

/* The first device of VFIO that is no port has its mappings within this time. */
#define LOOK_US 20000

/* Held while mappings are made or taken away: a port may be plugged meanwhile. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Pages of 1 GiB that devices have been told of. No pool of mempool's list has them. */
static struct labyrinth_pool *pages;

struct mapping {
	struct labyrinth_pool *pool;
	struct labyrinth_unsupported *unsupported;
	const struct rte_device *end; /* the first that has nothing mapped, or NULL */
	bool plugged;                 /* for what is being plugged */
};

/* Virtual devices do no DMA; who registers each pool by itself would do it twice. */
static bool
maps_nothing(const struct labyrinth_device *device)
{
	return strcmp(device->query.bus, "vdev") == 0 ||
	       (device->nic != NULL && (device->nic->traits & LABYRINTH_NIC_OWN_DMA) != 0);
}

static const char *
name_of(const struct labyrinth_pool *pool)
{
	return pool->mp == NULL ? "(any in a 1 GiB page)" : pool->mp->name;
}

/*
 * What is being plugged has no port yet, whether or not the bus counts it as probed:
 * some releases of DPDK do that before its driver has begun, others when it is ready.
 */
static bool
may_be_new(const struct labyrinth_device *device)
{
	return device->vfio || rte_eth_find_next_of(0, device->dev) >= RTE_MAX_ETHPORTS;
}

static int
map_device(const struct labyrinth_device *device, void *arg)
{
	struct mapping *mapping = arg;
	int ret;

	if (maps_nothing(device) || !(mapping->plugged ? may_be_new(device) : device->probed))
		return 0;
	ret = labyrinth_pieces_map(mapping->pool, device, mapping->unsupported);
	if (ret != 0)
		mapping->end = device->dev;
	if (ret != 0 && mapping->plugged) {
		LAB_LOG(ERR, "pool %s: device %s, plugged later, cannot use it: its DMA will fault",
		        name_of(mapping->pool), device->query.name);
		return 0;
	}
	return ret;
}

/* All devices up to one that has nothing mapped. */
static int
unmap_device(const struct labyrinth_device *device, void *arg)
{
	const struct mapping *mapping = arg;

	if (device->dev == mapping->end)
		return 1;
	if (device->probed && !device->vfio && !maps_nothing(device))
		(void)labyrinth_pieces_unmap(mapping->pool, device->dev);
	return 0;
}

/* Any device of VFIO serves, also one that came when those had gone that mapped. */
static int
unmap_vfio(const struct labyrinth_device *device, void *arg)
{
	struct labyrinth_pool *pool = arg;

	if (!device->vfio)
		return 0;
	/* With a driver it had its chance: what EAL does not know, it will not map again. */
	if (labyrinth_pieces_unmap(pool, device->dev) || device->probed)
		pool->vfio_mapped = false;
	return !pool->vfio_mapped;
}

/* False: nothing was taken away, since there is no device of VFIO to do it through. */
static bool
unmap_before(struct mapping *mapping)
{
	struct labyrinth_pool *pool = mapping->pool;

	if (pool->vfio_mapped)
		(void)labyrinth_devices_each(unmap_vfio, pool);
	if (pool->vfio_mapped)
		return false;
	(void)labyrinth_devices_each(unmap_device, mapping);
	return true;
}

typedef void
maze_fn(struct labyrinth_pool *pool, void *arg);

struct walk {
	maze_fn *call;
	void *arg;
};

static void
walk_one(struct rte_mempool *mp, void *opaque)
{
	const struct walk *walk = opaque;

	if (rte_labyrinth_is(mp) && labyrinth_pool_of(mp)->dma_mapped)
		walk->call(labyrinth_pool_of(mp), walk->arg);
}

/* Under the lock: each maze that devices have been told of, and each 1 GiB page. */
static void
each_maze(maze_fn *call, void *arg)
{
	struct walk walk = {call, arg};
	struct labyrinth_pool *page;

	rte_mempool_walk(walk_one, &walk);
	for (page = pages; page != NULL; page = page->next_page)
		call(page, arg);
}

static void
serve_plugged(struct labyrinth_pool *pool, void *arg)
{
	struct mapping mapping = {.pool = pool, .unsupported = arg, .plugged = true};

	(void)labyrinth_devices_each(map_device, &mapping);
}

/*
 * A port is about to appear after pools had been made. ethdev does not name its
 * device yet; it is among those that have no port. Most of them have no driver to
 * map with, which does no harm.
 */
static int
port_new(uint16_t port, enum rte_eth_event_type event, void *arg, void *ret)
{
	struct labyrinth_unsupported unsupported = {.names = ""};

	RTE_SET_USED(port);
	RTE_SET_USED(event);
	RTE_SET_USED(arg);
	RTE_SET_USED(ret);
	pthread_mutex_lock(&lock);
	each_maze(serve_plugged, &unsupported);
	pthread_mutex_unlock(&lock);
	return 0;
}

static void
watch_ports(void)
{
	static bool watching;

	if (watching)
		return;
	watching =
		rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_NEW, port_new, NULL) == 0;
	if (!watching)
		LAB_LOG(WARNING, "devices plugged later will not map the window for DMA");
}

/* What a look at the pools found. */
struct look {
	bool open;    /* there is a device of VFIO */
	bool waiting; /* and here a maze that is not mapped for it */
};

static int
map_vfio(const struct labyrinth_device *device, void *arg)
{
	struct labyrinth_pool *pool = arg;
	int ret;

	if (!device->vfio)
		return 0;
	ret = labyrinth_pieces_map(pool, device, NULL);
	return ret != 0 ? ret : pool->vfio_mapped;
}

static void
serve_vfio(struct labyrinth_pool *pool, void *arg)
{
	struct look *look = arg;
	int ret = 0;

	if (pool->vfio_mapped)
		return;
	if (look->open)
		ret = labyrinth_devices_each(map_vfio, pool);
	if (ret == 0)
		look->waiting = true;
	else if (ret < 0)
		LAB_LOG(ERR, "pool %s: devices plugged later cannot use it: their DMA will fault",
		        name_of(pool));
}

static bool looking;

/*
 * No event tells of a device that is no port. The first one that VFIO serves opens
 * the container for all: so long as there is none, this looks for it. EAL's devices
 * are walked when it has come, and not beside every other one that comes or goes.
 */
static void
look_for_vfio(void *arg)
{
	struct look look = {.open = labyrinth_devices_vfio_open()};

	RTE_SET_USED(arg);
	pthread_mutex_lock(&lock);
	each_maze(serve_vfio, &look);
	looking = look.waiting && rte_eal_alarm_set(LOOK_US, look_for_vfio, NULL) == 0;
	pthread_mutex_unlock(&lock);
}

static void
watch_vfio(void)
{
	if (looking || !labyrinth_devices_vfio_there())
		return;
	looking = rte_eal_alarm_set(LOOK_US, look_for_vfio, NULL) == 0;
	if (!looking)
		LAB_LOG(WARNING, "a crypto or DMA device plugged later, the first behind VFIO, "
		                 "will not map the window for DMA");
}

int
labyrinth_dma_map(struct labyrinth_pool *pool)
{
	struct labyrinth_unsupported unsupported = {.names = ""};
	struct mapping mapping = {.pool = pool, .unsupported = &unsupported};
	int ret;

	watch_ports();
	pthread_mutex_lock(&lock);
	ret = labyrinth_devices_each(map_device, &mapping);
	pool->dma_mapped = ret == 0 || !unmap_before(&mapping);
	if (ret == 0 && pool->mp == NULL) {
		pool->next_page = pages;
		pages = pool;
	}
	if (ret == 0 && !pool->vfio_mapped)
		watch_vfio();
	pthread_mutex_unlock(&lock);
	labyrinth_unsupported_say(&unsupported);
	return ret;
}

static void
page_forget(const struct labyrinth_pool *page)
{
	struct labyrinth_pool **at;

	for (at = &pages; *at != NULL; at = &(*at)->next_page) {
		if (*at != page)
			continue;
		*at = page->next_page;
		return;
	}
}

bool
labyrinth_dma_unmap(struct labyrinth_pool *pool)
{
	struct mapping mapping = {.pool = pool};

	pthread_mutex_lock(&lock);
	if (pool->dma_mapped && unmap_before(&mapping))
		pool->dma_mapped = false;
	if (!pool->dma_mapped)
		page_forget(pool);
	pthread_mutex_unlock(&lock);
	return !pool->dma_mapped;
}

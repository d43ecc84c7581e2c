/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * DMA: EAL maps its own memory for devices, but not external memory. What is
 * mapped here is each piece of the maze by itself, since there is nothing between
 * them.
 *
 * All devices of VFIO share one container, so that one of them has the memory
 * mapped for all. EAL keeps the mapping and makes it anew when the last of them
 * is unplugged and another is plugged. Other devices map by themselves, and what
 * registers every pool by itself is not asked to.
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <rte_alarm.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_vfio.h>

#include "compat.h"
#include "labyrinth_devices.h"
#include "labyrinth_dma.h"
#include "labyrinth_log.h"
#include "labyrinth_window.h"

#define VFIO_ALL RTE_VFIO_DEFAULT_CONTAINER_FD
/* The first device of VFIO that is no port has its mappings within this time. */
#define LOOK_US 20000

/* Held while mappings are made or taken away: a port may be plugged meanwhile. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Pages of 1 GiB that devices have been told of. No pool of mempool's list has them. */
static struct labyrinth_pool *pages;

/* Devices that were asked to map, and said that they do not. */
struct unsupported {
	char names[200];
	unsigned int more;
};

struct mapping {
	struct labyrinth_pool *pool;
	struct unsupported *unsupported;
	const struct rte_device *end; /* the first that has nothing mapped, or NULL */
	bool plugged;                 /* devices that the bus does not count as probed yet */
};

static void
unsupported_add(struct unsupported *all, const char *name)
{
	size_t len = strlen(all->names);

	if (len + strlen(name) + 3 > sizeof(all->names))
		all->more++;
	else
		snprintf(all->names + len, sizeof(all->names) - len, "%s%s", len > 0 ? ", " : "",
		         name);
}

/*
 * Said once: most of them copy, or register memory by themselves; one that does
 * neither would receive nothing.
 */
static void
unsupported_say(const struct unsupported *all)
{
	static bool said;
	char more[32] = "";

	if (all->names[0] == '\0' || said)
		return;
	said = true;
	if (all->more > 0)
		snprintf(more, sizeof(more), " and %u more", all->more);
	LAB_LOG(INFO,
	        "not mapped for DMA, since their drivers do not do that through EAL: %s%s; if one "
	        "of them receives nothing, use backing=eal",
	        all->names, more);
}

/* Virtual devices do no DMA; who registers each pool by itself would do it twice. */
static bool
maps_nothing(const struct labyrinth_device *device)
{
	return strcmp(device->query.bus, "vdev") == 0 ||
	       (device->nic != NULL && (device->nic->traits & LABYRINTH_NIC_OWN_DMA) != 0);
}

static size_t
len_of(const struct labyrinth_piece *piece)
{
	return (size_t)piece->blocks * LABYRINTH_SLOT_SIZE;
}

/* All devices of VFIO have one container, and dev is NULL for it. */
static int
piece_map(struct rte_device *dev, const struct labyrinth_piece *piece)
{
	/* The window was registered with an address: something has changed. */
	rte_errno = piece->iova == RTE_BAD_IOVA ? EPERM : 0;
	if (rte_errno != 0)
		return -1;
	return dev == NULL ? rte_vfio_container_dma_map(VFIO_ALL, (uintptr_t)piece->at, piece->iova,
	                                                len_of(piece))
	                   : rte_dev_dma_map(dev, piece->at, piece->iova, len_of(piece));
}

static void
piece_unmap(struct rte_device *dev, const struct labyrinth_piece *piece)
{
	/*
	 * With the last device gone, the kernel has dropped the mapping, and says so
	 * without a reason that EAL would keep. EAL reads this one instead, and
	 * forgets the mapping as well; else it would map what is gone for the next
	 * device plugged, and refuse that.
	 */
	rte_errno = ENODEV;
	if (dev == NULL)
		(void)rte_vfio_container_dma_unmap(VFIO_ALL, (uintptr_t)piece->at, piece->iova,
		                                   len_of(piece));
	else
		(void)rte_dev_dma_unmap(dev, piece->at, piece->iova, len_of(piece));
}

static void
unmap_pieces(const struct labyrinth_pool *pool, struct rte_device *dev, uint32_t pieces)
{
	uint32_t i;

	for (i = 0; i < pieces; i++) {
		struct labyrinth_piece piece = labyrinth_piece(pool, i);

		piece_unmap(dev, &piece);
	}
}

/* EAL sets its errno when it refuses, and leaves it when the kernel does. */
static int
refused(const char *name, const struct labyrinth_piece *piece, uint32_t i, uint32_t of)
{
	int err = rte_errno;

	if (err == ENOMEM) {
		LAB_LOG(ERR,
		        "device %s cannot map %p for DMA, mapping %u of %u: EAL keeps at most 256 "
		        "mappings for all VFIO devices: use fewer or smaller pools, a smaller "
		        "halls=, or backing=eal",
		        name, piece->at, i, of);
		return -ENOSPC;
	}
	LAB_LOG(ERR,
	        "device %s cannot map %p for DMA, mapping %u of %u: %s; see EAL's line above: for "
	        "Cannot allocate memory raise the limit of locked memory (ulimit -l), for No "
	        "space left on device dma_entry_limit of vfio_iommu_type1, or use backing=eal",
	        name, piece->at, i, of, err == 0 ? "the kernel refuses it" : rte_strerror(err));
	return err == 0 ? -EIO : -err;
}

/* Through a device, or NULL: through VFIO's container. */
static int
map_pieces(const struct labyrinth_device *device, struct mapping *mapping)
{
	struct rte_device *through = device == NULL || device->vfio ? NULL : device->dev;
	const char *name = device == NULL ? "of VFIO" : device->query.name;
	struct labyrinth_pool *pool = mapping->pool;
	uint32_t pieces = labyrinth_pieces(pool);
	uint32_t i;
	int ret;

	if (through == NULL && pool->vfio_mapped)
		return 0;
	for (i = 0; i < pieces; i++) {
		struct labyrinth_piece piece = labyrinth_piece(pool, i);

		if (piece_map(through, &piece) == 0 || rte_errno == EEXIST)
			continue;
		/* It does no DMA that EAL knows of, and would say so of each piece. */
		if (through != NULL && rte_errno == ENOTSUP) {
			unsupported_add(mapping->unsupported, name);
			return 0;
		}
		/* Nor does one without a driver. */
		if (through != NULL && rte_errno == EINVAL && !device->probed)
			return 0;
		ret = refused(name, &piece, i + 1, pieces);
		unmap_pieces(pool, through, i);
		return ret;
	}
	pool->vfio_mapped |= through == NULL;
	return 0;
}

static const char *
name_of(const struct labyrinth_pool *pool)
{
	return pool->mp == NULL ? "(any in a 1 GiB page)" : pool->mp->name;
}

static int
map_device(const struct labyrinth_device *device, void *arg)
{
	struct mapping *mapping = arg;
	int ret;

	if (device->probed == mapping->plugged || maps_nothing(device))
		return 0;
	ret = map_pieces(device, mapping);
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
		unmap_pieces(mapping->pool, device->dev, labyrinth_pieces(mapping->pool));
	return 0;
}

static void
unmap_before(struct mapping *mapping)
{
	struct labyrinth_pool *pool = mapping->pool;

	(void)labyrinth_devices_each(unmap_device, mapping);
	if (pool->vfio_mapped)
		unmap_pieces(pool, NULL, labyrinth_pieces(pool));
	pool->vfio_mapped = false;
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
 * device yet; it is among those that the bus does not count as probed. Most of
 * them have no driver to map with, which does no harm.
 */
static int
port_new(uint16_t port, enum rte_eth_event_type event, void *arg, void *ret)
{
	struct unsupported unsupported = {.names = ""};

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

static void
serve_vfio(struct labyrinth_pool *pool, void *arg)
{
	struct mapping mapping = {.pool = pool};
	struct look *look = arg;

	if (pool->vfio_mapped)
		return;
	if (!look->open)
		look->waiting = true;
	else if (map_pieces(NULL, &mapping) != 0)
		LAB_LOG(ERR, "pool %s: devices plugged later cannot use it: their DMA will fault",
		        name_of(pool));
}

static bool looking;

/*
 * No event tells of a device that is no port. The first one that VFIO serves opens
 * the container for all: so long as there is none, this looks for it.
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
	if (looking || rte_vfio_is_enabled("vfio") == 0)
		return;
	looking = rte_eal_alarm_set(LOOK_US, look_for_vfio, NULL) == 0;
	if (!looking)
		LAB_LOG(WARNING, "a crypto or DMA device plugged later, the first behind VFIO, "
		                 "will not map the window for DMA");
}

int
labyrinth_dma_map(struct labyrinth_pool *pool)
{
	struct unsupported unsupported = {.names = ""};
	struct mapping mapping = {.pool = pool, .unsupported = &unsupported};
	int ret;

	watch_ports();
	pthread_mutex_lock(&lock);
	ret = labyrinth_devices_each(map_device, &mapping);
	if (ret != 0)
		unmap_before(&mapping);
	pool->dma_mapped = ret == 0;
	if (ret == 0 && pool->mp == NULL) {
		pool->next_page = pages;
		pages = pool;
	}
	if (ret == 0 && !pool->vfio_mapped)
		watch_vfio();
	pthread_mutex_unlock(&lock);
	unsupported_say(&unsupported);
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

void
labyrinth_dma_unmap(struct labyrinth_pool *pool)
{
	struct mapping mapping = {.pool = pool};

	pthread_mutex_lock(&lock);
	page_forget(pool);
	if (pool->dma_mapped)
		unmap_before(&mapping);
	pool->dma_mapped = false;
	pthread_mutex_unlock(&lock);
}

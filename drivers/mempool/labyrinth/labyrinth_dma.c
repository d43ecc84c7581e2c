/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * DMA: EAL maps its own memory for devices, but not external memory. What is
 * mapped here is each hall of the maze by itself, since there is nothing between
 * them; each page, where IOVAs are physical addresses.
 *
 * All devices of VFIO share one container, so that one of them has the memory
 * mapped for all. EAL keeps the mapping and makes it anew when the last of them
 * is unplugged and another is plugged. Other devices map by themselves.
 */

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_vfio.h>

#include "compat.h"
#include "labyrinth_backing.h"
#include "labyrinth_log.h"

#define BITS_MAX 47
#define BITS_MIN 36
/* An Intel IOMMU's capability register tells its width in bits 16 to 21. */
#define INTEL_CAP "/sys/class/iommu/*/intel-iommu/cap"
/* Which driver of the kernel a PCI device has. */
#define PCI_DRIVER "/sys/bus/pci/devices/%s/driver"
#define VFIO       "vfio-pci"
#define VFIO_ALL   RTE_VFIO_DEFAULT_CONTAINER_FD

static unsigned int
intel_bits(const char *path)
{
	unsigned long long cap = 0;
	FILE *file = fopen(path, "r");
	unsigned int bits;

	if (file == NULL)
		return BITS_MAX;
	if (fscanf(file, "%llx", &cap) != 1)
		cap = 0;
	fclose(file);
	bits = (unsigned int)(cap >> 16 & 0x3f) + 1;
	return bits < BITS_MIN || bits > BITS_MAX ? BITS_MAX : bits;
}

unsigned int
labyrinth_dma_bits(void)
{
	unsigned int bits = BITS_MAX;
	glob_t found;
	size_t i;

	/* With physical IOVAs the width of virtual addresses does not matter. */
	if (rte_eal_iova_mode() != RTE_IOVA_VA || glob(INTEL_CAP, 0, NULL, &found) != 0)
		return bits;
	for (i = 0; i < found.gl_pathc; i++) {
		unsigned int one = intel_bits(found.gl_pathv[i]);

		if (one < bits)
			bits = one;
	}
	globfree(&found);
	return bits;
}

uint32_t
labyrinth_dma_halls(void)
{
	/* Physically, the pages of a hall are no neighbours; without VFIO nobody counts. */
	if (rte_eal_iova_mode() != RTE_IOVA_VA || access("/sys/module/vfio", F_OK) != 0)
		return 0;
	return LABYRINTH_MAZE_HALLS_MAX;
}

static bool
is_vfio(const struct rte_device *dev)
{
	char path[PATH_MAX];
	char driver[PATH_MAX];
	const char *name;
	ssize_t len;

	snprintf(path, sizeof(path), PCI_DRIVER, rte_dev_name(dev));
	len = readlink(path, driver, sizeof(driver) - 1);
	if (len < 0)
		return false;
	driver[len] = '\0';
	name = strrchr(driver, '/');
	return name != NULL && strcmp(name + 1, VFIO) == 0;
}

struct piece {
	void *at;
	rte_iova_t iova;
	size_t len;
};

static struct piece
piece_of(const struct labyrinth_pool *pool, uint32_t hall)
{
	const struct labyrinth_maze *maze = &pool->maze;
	struct labyrinth_hall h = labyrinth_maze_hall(maze, hall);
	uint8_t *at = (uint8_t *)maze->entrance + (size_t)h.slot * LABYRINTH_SLOT_SIZE;

	return (struct piece){at, labyrinth_maze_iova_of(at),
	                      (size_t)h.blocks * LABYRINTH_SLOT_SIZE};
}

/*
 * Devices that do not do DMA by themselves say so, and need no mapping; nor do
 * those without a driver.
 */
static bool
harmless(const struct rte_device *dev, int err)
{
	return err == ENOTSUP || err == EEXIST || (err == EINVAL && !rte_dev_is_probed(dev));
}

/* All devices of VFIO have one container, and dev is NULL for it. */
static int
piece_map(struct rte_device *dev, const struct piece *piece)
{
	/* The window was registered with an address: something has changed. */
	rte_errno = piece->iova == RTE_BAD_IOVA ? EPERM : 0;
	if (rte_errno != 0)
		return -1;
	return dev == NULL ? rte_vfio_container_dma_map(VFIO_ALL, (uintptr_t)piece->at, piece->iova,
	                                                piece->len)
	                   : rte_dev_dma_map(dev, piece->at, piece->iova, piece->len);
}

static void
piece_unmap(struct rte_device *dev, const struct piece *piece)
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
		                                   piece->len);
	else
		(void)rte_dev_dma_unmap(dev, piece->at, piece->iova, piece->len);
}

static void
unmap_pieces(const struct labyrinth_pool *pool, struct rte_device *dev, uint32_t halls)
{
	uint32_t i;

	for (i = 0; i < halls; i++) {
		struct piece piece = piece_of(pool, i);

		piece_unmap(dev, &piece);
	}
}

/* EAL sets its errno when it refuses, and leaves it when the kernel does. */
static int
refused(const struct rte_device *dev, const struct piece *piece, uint32_t i, uint32_t of)
{
	int err = rte_errno;

	if (err == ENOMEM) {
		LAB_LOG(ERR,
		        "device %s cannot map %p for DMA, mapping %u of %u: EAL keeps at most 256 "
		        "mappings for all VFIO devices: use fewer or smaller pools, or backing=eal",
		        rte_dev_name(dev), piece->at, i, of);
		return -ENOSPC;
	}
	LAB_LOG(ERR,
	        "device %s cannot map %p for DMA, mapping %u of %u: %s; see EAL's line above: for "
	        "Cannot allocate memory raise the limit of locked memory (ulimit -l), for No "
	        "space left on device dma_entry_limit of vfio_iommu_type1, or use backing=eal",
	        rte_dev_name(dev), piece->at, i, of,
	        err == 0 ? "the kernel refuses it" : rte_strerror(err));
	return err == 0 ? -EIO : -err;
}

/* All devices up to one that has nothing mapped; NULL: all there are. */
static void
unmap_before(struct labyrinth_pool *pool, const struct rte_device *end)
{
	struct rte_dev_iterator it;
	struct rte_device *dev;
	bool before = true;

	RTE_DEV_FOREACH (dev, "bus=pci", &it) {
		before = before && dev != end;
		if (before && rte_dev_is_probed(dev) && !is_vfio(dev))
			unmap_pieces(pool, dev, pool->maze.halls);
	}
	if (pool->vfio_mapped)
		unmap_pieces(pool, NULL, pool->maze.halls);
	pool->vfio_mapped = false;
}

static int
map_pieces(struct labyrinth_pool *pool, struct rte_device *dev)
{
	struct rte_device *through = is_vfio(dev) ? NULL : dev;
	uint32_t halls = pool->maze.halls;
	uint32_t i;
	int ret;

	if (through == NULL && pool->vfio_mapped)
		return 0;
	for (i = 0; i < halls; i++) {
		struct piece piece = piece_of(pool, i);

		if (piece_map(through, &piece) == 0 || harmless(dev, rte_errno))
			continue;
		ret = refused(dev, &piece, i + 1, halls);
		unmap_pieces(pool, through, i);
		return ret;
	}
	pool->vfio_mapped |= through == NULL;
	return 0;
}

static void
serve_pool(struct rte_mempool *mp, void *opaque)
{
	const struct rte_device *dev = opaque;

	if (!rte_labyrinth_is(mp) || !labyrinth_pool_of(mp)->registered)
		return;
	if (map_pieces(labyrinth_pool_of(mp), opaque) != 0)
		LAB_LOG(ERR, "pool %s: device %s, plugged later, cannot use it: its DMA will fault",
		        mp->name, rte_dev_name(dev));
}

/*
 * A port is about to appear after pools had been made. ethdev does not name its
 * device yet; it is among those that the bus does not count as probed. Most of
 * them have no driver to map with, which does no harm.
 */
static int
port_new(uint16_t port, enum rte_eth_event_type event, void *arg, void *ret)
{
	struct rte_dev_iterator it;
	struct rte_device *dev;

	RTE_SET_USED(port);
	RTE_SET_USED(event);
	RTE_SET_USED(arg);
	RTE_SET_USED(ret);
	RTE_DEV_FOREACH (dev, "bus=pci", &it) {
		if (!rte_dev_is_probed(dev))
			rte_mempool_walk(serve_pool, dev);
	}
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

int
labyrinth_dma_map(struct labyrinth_pool *pool)
{
	const struct rte_device *failed = NULL;
	struct rte_dev_iterator it;
	struct rte_device *dev;
	int ret = 0;

	watch_ports();
	RTE_DEV_FOREACH (dev, "bus=pci", &it) {
		if (ret != 0 || !rte_dev_is_probed(dev))
			continue;
		ret = map_pieces(pool, dev);
		failed = ret == 0 ? NULL : dev;
	}
	if (ret != 0)
		unmap_before(pool, failed);
	return ret;
}

void
labyrinth_dma_unmap(struct labyrinth_pool *pool)
{
	unmap_before(pool, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * DMA: EAL maps its own memory for devices, but not external memory. What is
 * mapped here is each block by itself, since there is nothing between them.
 */

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "compat.h"
#include "labyrinth_backing.h"
#include "labyrinth_log.h"

#define BITS_MAX 47
#define BITS_MIN 36
/* An Intel IOMMU's capability register tells its width in bits 16 to 21. */
#define INTEL_CAP "/sys/class/iommu/*/intel-iommu/cap"

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

/*
 * Devices that do not do DMA by themselves say so, and need no mapping; nor do
 * those without a driver.
 */
static bool
harmless(const struct rte_device *dev, int err)
{
	return err == ENOTSUP || err == EEXIST || (err == EINVAL && !rte_dev_is_probed(dev));
}

static void
unmap_blocks(const struct labyrinth_pool *pool, struct rte_device *dev, uint32_t blocks)
{
	uint32_t i;

	for (i = 0; i < blocks; i++)
		(void)rte_dev_dma_unmap(dev, labyrinth_maze_block(&pool->maze, i),
		                        labyrinth_maze_iova(pool, i), LABYRINTH_SLOT_SIZE);
}

/* All devices up to one that has nothing mapped; NULL: all there are. */
static void
unmap_before(const struct labyrinth_pool *pool, const struct rte_device *end)
{
	struct rte_dev_iterator it;
	struct rte_device *dev;
	bool before = true;

	RTE_DEV_FOREACH (dev, "bus=pci", &it) {
		before = before && dev != end;
		if (before && rte_dev_is_probed(dev))
			unmap_blocks(pool, dev, pool->maze.blocks);
	}
}

/* Returns 0 or an errno. */
static int
map_block(const struct labyrinth_pool *pool, struct rte_device *dev, uint32_t block)
{
	void *at = labyrinth_maze_block(&pool->maze, block);
	rte_iova_t iova = labyrinth_maze_iova(pool, block);

	/* The window was registered with one: something has changed. */
	if (iova == RTE_BAD_IOVA)
		return EPERM;
	if (rte_dev_dma_map(dev, at, iova, LABYRINTH_SLOT_SIZE) == 0 || harmless(dev, rte_errno))
		return 0;
	return rte_errno;
}

static int
map_blocks(const struct labyrinth_pool *pool, struct rte_device *dev)
{
	uint32_t i;

	for (i = 0; i < pool->maze.blocks; i++) {
		int err = map_block(pool, dev, i);

		if (err == 0)
			continue;
		LAB_LOG(ERR,
		        "device %s cannot map %p for DMA, mapping %u of %u: %s; EAL keeps at most "
		        "256 "
		        "mappings for all VFIO devices: use smaller pools or backing=eal",
		        rte_dev_name(dev), labyrinth_maze_block(&pool->maze, i), i + 1,
		        pool->maze.blocks, rte_strerror(err));
		unmap_blocks(pool, dev, i);
		return err == ENOMEM ? -ENOSPC : -err;
	}
	return 0;
}

static void
serve_pool(struct rte_mempool *mp, void *opaque)
{
	if (rte_labyrinth_is(mp) && labyrinth_pool_of(mp)->registered)
		(void)map_blocks(labyrinth_pool_of(mp), opaque);
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
labyrinth_dma_map(const struct labyrinth_pool *pool)
{
	const struct rte_device *failed = NULL;
	struct rte_dev_iterator it;
	struct rte_device *dev;
	int ret = 0;

	watch_ports();
	RTE_DEV_FOREACH (dev, "bus=pci", &it) {
		if (ret != 0 || !rte_dev_is_probed(dev))
			continue;
		ret = map_blocks(pool, dev);
		failed = ret == 0 ? NULL : dev;
	}
	if (ret != 0)
		unmap_before(pool, failed);
	return ret;
}

void
labyrinth_dma_unmap(const struct labyrinth_pool *pool)
{
	unmap_before(pool, NULL);
}

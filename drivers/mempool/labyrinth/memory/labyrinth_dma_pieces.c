/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * DMA: EAL maps its own memory for devices, but not external memory. What is
 * mapped here is each piece of the maze by itself, since there is nothing between
 * them.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_errno.h>

#include "labyrinth_dma_pieces.h"
#include "labyrinth_log.h"
#include "labyrinth_window.h"

static void
unsupported_add(struct labyrinth_unsupported *all, const char *name)
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
void
labyrinth_unsupported_say(const struct labyrinth_unsupported *all)
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

static size_t
len_of(const struct labyrinth_piece *piece)
{
	return (size_t)piece->blocks * LABYRINTH_SLOT_SIZE;
}

static int
piece_map(struct rte_device *dev, const struct labyrinth_piece *piece)
{
	/* The window was registered with an address: something has changed. */
	rte_errno = piece->iova == RTE_BAD_IOVA ? EPERM : 0;
	if (rte_errno != 0)
		return -1;
	return rte_dev_dma_map(dev, piece->at, piece->iova, len_of(piece));
}

static int
piece_unmap(struct rte_device *dev, const struct labyrinth_piece *piece)
{
	/*
	 * Of a device that let go of VFIO the kernel has dropped the mapping, and says so
	 * without a reason that EAL would keep. EAL reads this one instead, and forgets
	 * the mapping as well; else it would map what is gone for the next device
	 * plugged, and refuse that.
	 */
	rte_errno = ENODEV;
	return rte_dev_dma_unmap(dev, piece->at, piece->iova, len_of(piece));
}

static bool
unmap_some(const struct labyrinth_pool *pool, struct rte_device *dev, uint32_t pieces)
{
	bool known = true;
	uint32_t i;

	for (i = 0; i < pieces && known; i++) {
		struct labyrinth_piece piece = labyrinth_piece(pool, i);

		known = piece_unmap(dev, &piece) == 0 || i > 0;
	}
	return known;
}

bool
labyrinth_pieces_unmap(const struct labyrinth_pool *pool, struct rte_device *dev)
{
	return unmap_some(pool, dev, labyrinth_pieces(pool));
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

int
labyrinth_pieces_map(struct labyrinth_pool *pool, const struct labyrinth_device *device,
                     struct labyrinth_unsupported *unsupported)
{
	uint32_t pieces = labyrinth_pieces(pool);
	uint32_t i;
	int ret;

	if (device->vfio && pool->vfio_mapped)
		return 0;
	for (i = 0; i < pieces; i++) {
		struct labyrinth_piece piece = labyrinth_piece(pool, i);

		if (piece_map(device->dev, &piece) == 0 || rte_errno == EEXIST)
			continue;
		/* It does no DMA that EAL knows of, and would say so of each piece. */
		if (!device->vfio && rte_errno == ENOTSUP) {
			unsupported_add(unsupported, device->query.name);
			return 0;
		}
		/* Nor does one without a driver. */
		if (rte_errno == EINVAL && !device->probed)
			return 0;
		ret = refused(device->query.name, &piece, i + 1, pieces);
		(void)unmap_some(pool, device->dev, i);
		return ret;
	}
	pool->vfio_mapped |= device->vfio;
	return 0;
}

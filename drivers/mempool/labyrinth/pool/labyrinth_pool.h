/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_POOL_H
#define LABYRINTH_POOL_H

/*
 * What the driver keeps of a pool, in a memzone: this structure, then the
 * labyrinth. mp->pool_data points to the labyrinth, so that the data path
 * finds it without a detour.
 */

#include <stdalign.h>

#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_spinlock.h>

#include "labyrinth.h"
#include "labyrinth_maze.h"
#include "labyrinth_options.h"
#include "rte_mempool_labyrinth.h"

/* One part in so many of a pool's memory is left over, for random gaps between frames. */
#define LABYRINTH_GAP_SHARE 100

struct labyrinth_pool {
	const struct rte_memzone *mz;
	const struct rte_mempool *mp;
	struct labyrinth_options options;
	enum rte_labyrinth_backing backing;
	struct labyrinth_maze maze;
	uint32_t *slot_of;                /* of the maze, when its size is known */
	struct labyrinth_pool *next_page; /* of 1 GiB: these are no pool's, and mp is NULL */
	uint32_t slots;                   /* the labyrinth has room for so many */
	uint32_t blocks;                  /* a maze of so many blocks holds the pool */
	uint32_t maze_id; /* its number among secondaries, 0 if they do not share it */
	bool registered;  /* the window is known to EAL */
	bool dma_mapped;  /* and to the devices there are */
	bool explained;   /* why it is not to be has been logged */
	bool open;        /* all frames are there */
	bool relinked; /* DPDK's list of objects is in the order of frames, by labyrinth_relink() */
	bool asked;    /* DPDK was told how much memory to find for it */
	rte_spinlock_t adding; /* frames are being added or opened */
	uint32_t opened;       /* so many frames have been opened */
	bool vfio_mapped;      /* and to VFIO, for all its devices */
	bool populating;       /* pieces are being handed to mempool */
	uint32_t block;        /* how many blocks have been populated */
	uintptr_t held;        /* where the last frame was placed; the outer call adds it */
	uint32_t size;         /* frames the pool is made for */
	uint32_t frame_align;
	size_t footprint;
	uint64_t born; /* tells it from a later one at the same address */
	struct labyrinth_entropy ent;
	alignas(128) uint8_t lab[];
};

/* Are the objects of this pool mbufs, as DPDK lays them out? */
bool
labyrinth_pool_has_mbufs(const struct rte_mempool *mp);

static inline struct labyrinth_pool *
labyrinth_pool_of(const struct rte_mempool *mp)
{
	return (struct labyrinth_pool *)((uint8_t *)mp->pool_data -
	                                 offsetof(struct labyrinth_pool, lab));
}

static inline const struct labyrinth_pool *
labyrinth_pool_of_lab(const labyrinth_t *lab)
{
	return (const struct labyrinth_pool *)((const uint8_t *)lab -
	                                       offsetof(struct labyrinth_pool, lab));
}

static inline labyrinth_t *
labyrinth_of(const struct rte_mempool *mp)
{
	return mp->pool_data;
}

static inline size_t
labyrinth_frame_stride(const struct rte_mempool *mp)
{
	return mp->header_size + mp->elt_size + mp->trailer_size;
}

#endif /* LABYRINTH_POOL_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_DMA_PIECES_H
#define LABYRINTH_DMA_PIECES_H

/* The pieces of a maze, mapped for DMA through one device. */

#include "labyrinth_devices.h"
#include "labyrinth_pool.h"

/* Devices that were asked to map, and said that they do not. */
struct labyrinth_unsupported {
	char names[200];
	unsigned int more;
};

/*
 * All pieces, or none. What VFIO maps through one device serves all that it has:
 * pool->vfio_mapped tells. Returns 0, also for a device that maps nothing, or a
 * negative errno after one log line.
 */
int
labyrinth_pieces_map(struct labyrinth_pool *pool, const struct labyrinth_device *device,
                     struct labyrinth_unsupported *unsupported);

/* Takes all away. Did EAL know them, and the device serve to take them away? */
bool
labyrinth_pieces_unmap(const struct labyrinth_pool *pool, struct rte_device *dev);

/* One log line, once in a process. */
void
labyrinth_unsupported_say(const struct labyrinth_unsupported *all);

#endif /* LABYRINTH_DMA_PIECES_H */

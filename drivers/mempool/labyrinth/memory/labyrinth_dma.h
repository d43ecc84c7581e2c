/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_DMA_H
#define LABYRINTH_DMA_H

/* Mazes mapped for DMA. */

#include "labyrinth_pool.h"

/*
 * Map a maze for DMA by every device present; devices plugged later are served
 * when they appear. Returns 0, or a negative errno.
 */
int
labyrinth_dma_map(struct labyrinth_pool *pool);

/*
 * Take that away. False: the last device of VFIO has gone that could do it. EAL will
 * map the maze for the next one, so it must stay until this succeeds.
 */
bool
labyrinth_dma_unmap(struct labyrinth_pool *pool);

#endif /* LABYRINTH_DMA_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef NICS_REGIONS_H
#define NICS_REGIONS_H

/*
 * A pool's memory as drivers of NICs take it: what they do is imitated from how they
 * behave.
 */

#include <stdint.h>

#include <rte_mempool.h>

struct nics_range {
	uintptr_t begin;
	uintptr_t end;
};

/*
 * As mlx5 registers a pool: whole 4 KiB pages of all its chunks, neighbours by address
 * merged, sorted. Returns how many; `ranges` has room for as many as there are chunks.
 */
unsigned int
nics_ranges_of_pool(struct rte_mempool *mp, struct nics_range *ranges);

/*
 * As mlx4 finds memory: pieces that a walk over EAL's contiguous memory meets in the
 * pool's window. Returns how many, and sets `walls` to the slots of walls in them.
 */
unsigned int
nics_ranges_of_eal(const struct rte_mempool *mp, unsigned int *walls);

/*
 * As bnxt checks a packet before it sends it: mbufs whose IOVA is not the one that
 * mempool tells, plus the mbuf's size. Looks at all of them.
 */
unsigned int
nics_iovas_wrong(struct rte_mempool *mp);

/* Buffers that do not end below 2 to this power, as DMA reaches them. */
unsigned int
nics_iovas_beyond(struct rte_mempool *mp, unsigned int bits);

#endif /* NICS_REGIONS_H */

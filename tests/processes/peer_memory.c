/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Values in buffers, addresses, and memory as EAL knows it.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_mbuf.h>
#include <rte_memory.h>

#include "labyrinth_pool.h"
#include "peer.h"

#define BULK_MOST 64
#define TB        (1ull << 40)
#define GB        (1ull << 30)
#define LOWEST    (1ull << 34)
#define HIGHEST   (1ull << 46)

void
peer_mark(void *object, uint64_t value)
{
	uint64_t *words = rte_pktmbuf_mtod((struct rte_mbuf *)object, uint64_t *);
	unsigned int i;

	for (i = 0; i < PEER_BYTES / sizeof(*words); i++)
		words[i] = value + i;
}

int
peer_holds(const void *object, uint64_t value)
{
	const uint64_t *words = rte_pktmbuf_mtod((const struct rte_mbuf *)object, const uint64_t *);
	unsigned int i;

	for (i = 0; i < PEER_BYTES / sizeof(*words); i++) {
		if (words[i] != value + i)
			return 0;
	}
	return 1;
}

uint64_t
peer_churn(struct rte_mempool *mp, uint64_t rounds)
{
	uint64_t value = (uint64_t)getpid() << 32;
	unsigned int random = (unsigned int)getpid();
	void *objects[BULK_MOST];
	uint64_t bad = 0;
	uint64_t i;

	for (i = 0; i < rounds; i++) {
		unsigned int n = 1 + (unsigned int)rand_r(&random) % BULK_MOST;
		unsigned int j;

		if (rte_mempool_get_bulk(mp, objects, n) != 0)
			continue;
		for (j = 0; j < n; j++)
			peer_mark(objects[j], value + j * 1000);
		for (j = 0; j < n; j++)
			bad += !peer_holds(objects[j], value + j * 1000);
		rte_mempool_put_bulk(mp, objects, n);
		value += BULK_MOST * 1000;
	}
	return bad;
}

/* Large pieces first; what is in use in one is left out by smaller ones. */
static uint64_t
take_range(uint64_t begin, uint64_t end, uint64_t piece)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
	uint64_t taken = 0;
	uint64_t at;

	for (at = begin; at < end; at += piece) {
		void *want = (void *)(uintptr_t)at;

		if (mmap(want, piece, PROT_NONE, flags, -1, 0) == want)
			taken += piece;
		else if (piece > GB)
			taken += take_range(at, at + piece, piece / 32);
	}
	return taken;
}

uint64_t
peer_take_all(void)
{
	return take_range(0, HIGHEST, TB) / GB;
}

struct walk {
	const struct labyrinth_maze *maze;
	uint64_t ranges;
	uint64_t slots;
};

static int
range(const struct rte_memseg_list *list, const struct rte_memseg *first, size_t len, void *arg)
{
	struct walk *walk = arg;
	uintptr_t window = (uintptr_t)walk->maze->entrance;

	(void)list;
	if (first->addr_64 - window >= (uintptr_t)walk->maze->slots * LABYRINTH_SLOT_SIZE)
		return 0;
	walk->ranges++;
	walk->slots += len / LABYRINTH_SLOT_SIZE;
	return 0;
}

int64_t
peer_walls_seen(const struct rte_mempool *mp, uint64_t *ranges)
{
	struct walk walk = {.maze = &labyrinth_pool_of(mp)->maze};

	if (rte_memseg_contig_walk(range, &walk) != 0)
		return -1;
	*ranges = walk.ranges;
	return (int64_t)(walk.slots - walk.maze->blocks);
}

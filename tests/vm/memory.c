/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <numaif.h>
#include <stdlib.h>
#include <string.h>

#include <rte_memory.h>

#include "vmtest.h"

struct collected {
	struct vm_chunk *chunks;
	unsigned int n;
};

/* Piece by piece of 2 MiB at most, which is a page where pages are huge. */
static void
collect(struct rte_mempool *mp, void *opaque, struct rte_mempool_memhdr *header, unsigned int index)
{
	struct collected *to = opaque;
	size_t off;
	size_t end;

	RTE_SET_USED(mp);
	RTE_SET_USED(index);
	/* The token that stands for a maze holds no frames. */
	if (header->len < RTE_PGSIZE_4K)
		return;
	for (off = 0; off < header->len; off = end) {
		uintptr_t at = (uintptr_t)header->addr + off;

		end = off + RTE_PGSIZE_2M - at % RTE_PGSIZE_2M;
		if (end > header->len)
			end = header->len;
		if (to->chunks != NULL)
			to->chunks[to->n] =
				(struct vm_chunk){(void *)at, header->iova + off, end - off};
		to->n++;
	}
}

static int
by_address(const void *a, const void *b)
{
	const struct vm_chunk *x = a;
	const struct vm_chunk *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

unsigned int
vm_chunks(struct rte_mempool *mp, struct vm_chunk **chunks, bool join)
{
	struct collected all = {NULL, 0};
	unsigned int n = 0;
	unsigned int i;

	rte_mempool_mem_iter(mp, collect, &all);
	all.chunks = calloc(all.n, sizeof(*all.chunks));
	all.n = 0;
	*chunks = all.chunks;
	if (all.chunks == NULL)
		return 0;
	rte_mempool_mem_iter(mp, collect, &all);
	qsort(all.chunks, all.n, sizeof(*all.chunks), by_address);
	for (i = 0; i < all.n; i++) {
		struct vm_chunk *last = n == 0 ? NULL : &all.chunks[n - 1];
		struct vm_chunk *chunk = &all.chunks[i];

		if (join && last != NULL && (uint8_t *)last->at + last->len == chunk->at &&
		    last->iova + last->len == chunk->iova)
			last->len += chunk->len;
		else
			all.chunks[n++] = *chunk;
	}
	return n;
}

/* By a question for each 4 KiB: a page is as large as the kernel made it. */
static int
pieces_on(const struct vm_chunk *chunk, int node, unsigned int *pieces, unsigned int *there)
{
	size_t off;

	for (off = 0; off < chunk->len; off += RTE_PGSIZE_4K) {
		void *at = (void *)(((uintptr_t)chunk->at + off) & ~(uintptr_t)(RTE_PGSIZE_4K - 1));
		int status = -1;

		if (move_pages(0, 1, &at, NULL, &status, 0) != 0)
			return vm_fail("the kernel does not tell where %p lies: %s", at,
			               strerror(errno));
		++*pieces;
		*there += status == node;
	}
	return 0;
}

int
vm_pages_on(struct rte_mempool *mp, int node, unsigned int *pages, unsigned int *there)
{
	struct vm_chunk *chunks;
	unsigned int n = vm_chunks(mp, &chunks, false);
	unsigned int i;
	int ret = 0;

	*pages = 0;
	*there = 0;
	for (i = 0; i < n && ret == 0; i++)
		ret = pieces_on(&chunks[i], node, pages, there);
	free(chunks);
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Wrong frees of mbufs that are more than one buffer: chains, clones,
 * indirect mbufs, attached and pinned external buffers.
 */

#include <stdlib.h>

#include <rte_malloc.h>
#include <rte_mbuf_pool_ops.h>

#include "misuse.h"

static void
chain_twice(struct scene *scene)
{
	struct rte_mbuf *head = scene_chain(scene, 3);

	rte_pktmbuf_free(head);
	rte_pktmbuf_free(head);
}

static void
segment_then_chain(struct scene *scene)
{
	struct rte_mbuf *head = scene_chain(scene, 3);

	/* Alone, and still linked from the one in front of it. */
	head->next->next->nb_segs = 1;
	rte_pktmbuf_free_seg(head->next->next);
	rte_pktmbuf_free(head);
}

/* Two chains end in one segment that was never referenced twice. */
static void
shared_tail(struct scene *scene)
{
	struct rte_mbuf *one = scene_chain(scene, 2);
	struct rte_mbuf *two = scene_alloc(scene);

	two->next = one->next;
	two->nb_segs = 2;
	rte_pktmbuf_free(one);
	rte_pktmbuf_free(two);
}

static void
chain_in_bulk_twice(struct scene *scene)
{
	struct rte_mbuf *m[2];

	m[0] = scene_chain(scene, 4);
	m[1] = m[0]->next;
	rte_pktmbuf_free_bulk(m, 2);
}

static struct rte_mbuf *
clone_of(struct scene *scene, struct rte_mbuf *m)
{
	struct rte_mbuf *clone = rte_pktmbuf_clone(m, scene->mp);

	if (clone == NULL)
		scene_fail("no clone");
	return clone;
}

static void
clone_twice(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);
	struct rte_mbuf *clone = clone_of(scene, m);

	rte_pktmbuf_free(clone);
	rte_pktmbuf_free(clone);
	rte_pktmbuf_free(m);
}

static void
clone_of_chain_twice(struct scene *scene)
{
	struct rte_mbuf *m = scene_chain(scene, 3);
	struct rte_mbuf *clone = clone_of(scene, m);

	rte_pktmbuf_free(clone);
	rte_pktmbuf_free(clone);
	rte_pktmbuf_free(m);
}

/* The direct one is freed once for itself and once too often. */
static void
direct_under_clone(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);
	struct rte_mbuf *clone = clone_of(scene, m);

	rte_pktmbuf_free(m);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(clone);
}

static void
indirect_outlives(struct scene *scene)
{
	struct rte_mbuf *direct = scene_alloc(scene);
	struct rte_mbuf *indirect = scene_alloc(scene);

	rte_pktmbuf_attach(indirect, direct);
	/* Straight to the pool, whoever else refers to it. */
	rte_mbuf_refcnt_set(direct, 1);
	rte_pktmbuf_free(direct);
	rte_pktmbuf_free(indirect);
}

static void
reference_dropped_twice(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);

	rte_mbuf_refcnt_update(m, 1);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(m);
}

static void
copy_twice(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);
	struct rte_mbuf *copy;

	if (rte_pktmbuf_append(m, 100) == NULL)
		scene_fail("no tail room");
	copy = rte_pktmbuf_copy(m, scene->mp, 0, UINT32_MAX);
	if (copy == NULL)
		scene_fail("no copy");
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(copy);
	rte_pktmbuf_free(copy);
}

static void
nothing_to_free(void *addr, void *opaque)
{
	(void)addr;
	(void)opaque;
}

static void
external_twice(struct scene *scene)
{
	static uint8_t buffer[4096];
	static struct rte_mbuf_ext_shared_info info = {.free_cb = nothing_to_free};
	struct rte_mbuf *m = scene_alloc(scene);

	rte_mbuf_ext_refcnt_set(&info, 1);
	rte_pktmbuf_attach_extbuf(m, buffer, RTE_BAD_IOVA, sizeof(buffer), &info);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(m);
}

static void
pinned_twice(struct scene *scene)
{
	struct rte_pktmbuf_extmem memory = {.elt_size = 2048, .buf_len = 64 * 2048};
	struct rte_mempool *pool;
	struct rte_mbuf *m;

	if (setenv("LABYRINTH_OPTIONS", scene->options, 1) != 0 ||
	    rte_mbuf_set_user_mempool_ops("labyrinth") != 0)
		scene_fail("no ops");
	memory.buf_ptr = rte_zmalloc("pinned", memory.buf_len, 4096);
	memory.buf_iova = rte_malloc_virt2iova(memory.buf_ptr);
	pool = rte_pktmbuf_pool_create_extbuf("pinned", 60, 0, 0, 2048, SOCKET_ID_ANY, &memory, 1);
	m = pool == NULL ? NULL : rte_pktmbuf_alloc(pool);
	if (m == NULL || !RTE_MBUF_HAS_PINNED_EXTBUF(m))
		scene_fail("no pinned buffer");
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(m);
	/* Its violations count there: the pool under test must have one too. */
	m = scene_alloc(scene);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(m);
	rte_mempool_free(pool);
}

/* The mbuf says it is from a pool it is not from. */
static void
pool_mixed_up(struct scene *scene)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(scene->other);

	if (m == NULL)
		scene_fail("no mbuf in the other pool");
	m->pool = scene->mp;
	rte_pktmbuf_free(m);
	m->pool = scene->other;
	rte_pktmbuf_free(m);
}

#define TWICE(times)                  \
	{KIND_DOUBLE, times, 0},      \
	{                             \
		KIND_DOUBLE, times, 0 \
	}

const struct misuse misuse_mbufs[] = {
	{"chain-twice", chain_twice, TWICE(1), true, "freed last by: lcore 0"},
	{"segment-then-chain", segment_then_chain, TWICE(1), false, "freed last by: lcore 0"},
	{"shared-tail", shared_tail, TWICE(1), false, "freed last by: lcore 0"},
	{"chain-in-bulk-twice", chain_in_bulk_twice, TWICE(1), false, "freed last by: lcore 0"},
	{"clone-twice", clone_twice, TWICE(1), false, "freed last by: lcore 0"},
	{"clone-of-chain-twice", clone_of_chain_twice, TWICE(1), false, "freed last by: lcore 0"},
	{"direct-under-clone", direct_under_clone, TWICE(1), false, "freed last by: lcore 0"},
	{"indirect-outlives", indirect_outlives, TWICE(1), false, "freed last by: lcore 0"},
	{"reference-dropped-twice", reference_dropped_twice, TWICE(1), false,
         "freed last by: lcore 0"},
	{"copy-twice", copy_twice, TWICE(1), false, "freed last by: lcore 0"},
	{"external-twice", external_twice, TWICE(1), false, "freed last by: lcore 0"},
	{"pinned-twice", pinned_twice, TWICE(1), false, "in pool pinned"},
	{"pool-mixed-up",
         pool_mixed_up,
         {KIND_FOREIGN, 1, 0},
         {KIND_FOREIGN, 1, 0},
         false,
         "in no frame of this pool"},
	{.name = NULL},
};

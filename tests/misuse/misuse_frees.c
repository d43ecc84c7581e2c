/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Frees of what is free already, through every call that frees.
 */

#include <rte_ring.h>

#include "misuse.h"

#define BURST 8

static void
free_twice(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);

	rte_pktmbuf_free(m);
	rte_pktmbuf_free(m);
}

static void
free_twice_later(struct scene *scene)
{
	struct rte_mbuf *others[300];
	struct rte_mbuf *m;
	unsigned int i;

	for (i = 0; i < RTE_DIM(others); i++)
		others[i] = scene_alloc(scene);
	m = scene_alloc(scene);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free_bulk(others, RTE_DIM(others));
	rte_pktmbuf_free(m);
}

static void
free_three_times(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);

	rte_pktmbuf_free(m);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(m);
}

static void
segment_freed_twice(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);

	rte_pktmbuf_free_seg(m);
	rte_pktmbuf_free_seg(m);
}

static void
raw_free_twice(struct scene *scene)
{
	struct rte_mbuf *m = rte_mbuf_raw_alloc(scene->mp);

	rte_mbuf_raw_free(m);
	rte_mbuf_raw_free(m);
}

static void
bulk_with_duplicate(struct scene *scene)
{
	struct rte_mbuf *m[BURST];

	if (rte_pktmbuf_alloc_bulk(scene->mp, m, BURST - 1) != 0)
		scene_fail("no burst");
	m[BURST - 1] = m[2];
	rte_pktmbuf_free_bulk(m, BURST);
}

static void
bulk_twice(struct scene *scene)
{
	struct rte_mbuf *m[BURST];

	if (rte_pktmbuf_alloc_bulk(scene->mp, m, BURST) != 0)
		scene_fail("no burst");
	rte_pktmbuf_free_bulk(m, BURST);
	rte_pktmbuf_free_bulk(m, BURST);
}

static void
put_twice(struct scene *scene)
{
	void *object;

	if (rte_mempool_get(scene->mp, &object) != 0)
		scene_fail("no object");
	rte_mempool_put(scene->mp, object);
	rte_mempool_put(scene->mp, object);
}

static void
put_bulk_twice(struct scene *scene)
{
	void *objects[BURST];

	if (rte_mempool_get_bulk(scene->mp, objects, BURST) != 0)
		scene_fail("no objects");
	rte_mempool_put_bulk(scene->mp, objects, BURST);
	rte_mempool_put_bulk(scene->mp, objects, BURST);
}

static void
put_bulk_of_one(struct scene *scene)
{
	void *objects[BURST];
	unsigned int i;

	if (rte_mempool_get(scene->mp, &objects[0]) != 0)
		scene_fail("no object");
	for (i = 1; i < BURST; i++)
		objects[i] = objects[0];
	rte_mempool_put_bulk(scene->mp, objects, BURST);
}

/* More than a room holds: the path that must find more rooms. */
static void
put_large_bulk_twice(struct scene *scene)
{
	void *objects[400];

	if (rte_mempool_get_bulk(scene->mp, objects, RTE_DIM(objects)) != 0)
		scene_fail("no objects");
	rte_mempool_put_bulk(scene->mp, objects, RTE_DIM(objects));
	rte_mempool_put_bulk(scene->mp, objects, RTE_DIM(objects));
}

/* A cache the program made itself: the driver sees it when that is flushed. */
static void
own_cache_twice(struct scene *scene)
{
	struct rte_mempool_cache *cache = rte_mempool_cache_create(32, SOCKET_ID_ANY);
	void *object;

	if (cache == NULL || rte_mempool_get(scene->mp, &object) != 0)
		scene_fail("no cache");
	rte_mempool_generic_put(scene->mp, &object, 1, cache);
	rte_mempool_generic_put(scene->mp, &object, 1, cache);
	rte_mempool_cache_flush(cache, scene->mp);
	rte_mempool_cache_free(cache);
}

/* Two that hold one buffer because it was queued twice. */
static void
queued_twice(struct scene *scene)
{
	struct rte_ring *queue = rte_ring_create("queue", 16, SOCKET_ID_ANY, 0);
	struct rte_mbuf *m = scene_alloc(scene);
	void *out;

	if (queue == NULL || rte_ring_enqueue(queue, m) != 0 || rte_ring_enqueue(queue, m) != 0)
		scene_fail("no queue");
	while (rte_ring_dequeue(queue, &out) == 0)
		rte_pktmbuf_free(out);
	rte_ring_free(queue);
}

/* The pool is looked up once more, and used through that handle. */
static void
other_handle(struct scene *scene)
{
	struct rte_mempool *again = rte_mempool_lookup(scene->mp->name);
	void *object;

	if (again == NULL || rte_mempool_get(scene->mp, &object) != 0)
		scene_fail("no object");
	rte_mempool_put(scene->mp, object);
	rte_mempool_put(again, object);
}

static void
from_empty_pool(struct scene *scene)
{
	void *all[SCENE_MBUFS + 1];
	unsigned int n = scene_drain(scene->mp, all);

	rte_mempool_put(scene->mp, all[0]);
	rte_mempool_put(scene->mp, all[0]);
	rte_mempool_put_bulk(scene->mp, &all[1], n - 1);
}

/* Objects that are no mbufs, of a pool by the call everybody knows. */
static void
raw_object_twice(struct scene *scene)
{
	struct rte_mempool *raw;
	void *object;

	raw = rte_mempool_create_empty("raw", 100, 200, 16, 0, SOCKET_ID_ANY, 0);
	if (raw == NULL ||
	    rte_mempool_set_ops_byname(raw, "labyrinth", (void *)(uintptr_t)scene->options) != 0 ||
	    rte_mempool_populate_default(raw) < 0 || rte_mempool_get(raw, &object) != 0)
		scene_fail("no pool of raw objects");
	rte_mempool_put(raw, object);
	rte_mempool_put(raw, object);
	/* Its violations count there: the pool under test must have one too. */
	free_twice(scene);
	rte_mempool_free(raw);
}

#define TWICE(times)                  \
	{KIND_DOUBLE, times, 0},      \
	{                             \
		KIND_DOUBLE, times, 0 \
	}
#define BY_ME "freed last by: lcore 0 of process"

const struct misuse misuse_frees[] = {
	{"free-twice", free_twice, TWICE(1), true, BY_ME},
	{"free-twice-later", free_twice_later, TWICE(1), false, "offset 0"},
	{"free-three-times", free_three_times, TWICE(2), false, BY_ME},
	{"segment-freed-twice", segment_freed_twice, TWICE(1), false, BY_ME},
	{"raw-free-twice", raw_free_twice, TWICE(1), true, BY_ME},
	{"bulk-with-duplicate", bulk_with_duplicate, TWICE(1), true, BY_ME},
	{"bulk-twice", bulk_twice, TWICE(BURST), false, BY_ME},
	{"put-twice", put_twice, TWICE(1), true, BY_ME},
	{"put-bulk-twice", put_bulk_twice, TWICE(BURST), true, BY_ME},
	{"put-bulk-of-one", put_bulk_of_one, TWICE(BURST - 1), false, BY_ME},
	{"put-large-bulk-twice", put_large_bulk_twice, TWICE(400), false, BY_ME},
	{"own-cache-twice", own_cache_twice, TWICE(1), false, BY_ME},
	{"queued-twice", queued_twice, TWICE(1), true, BY_ME},
	{"other-handle", other_handle, TWICE(1), false, BY_ME},
	{"from-empty-pool", from_empty_pool, TWICE(1), false, BY_ME},
	{"raw-object-twice", raw_object_twice, TWICE(1), false, "in pool raw"},
	{.name = NULL},
};

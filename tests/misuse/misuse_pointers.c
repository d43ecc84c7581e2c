/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Frees of what the pool never gave out.
 */

#include <stdlib.h>

#include <rte_malloc.h>

#include "misuse.h"

static void
never_allocated(struct scene *scene)
{
	void **all = scene_objects(scene->mp);

	rte_mempool_put(scene->mp, all[7]);
	free(all);
}

/* As above by the mbuf call, on a buffer found by arithmetic. */
static void
never_allocated_mbuf(struct scene *scene)
{
	void **all = scene_objects(scene->mp);

	rte_pktmbuf_free(all[scene->mp->size - 1]);
	free(all);
}

static void
other_pool(struct scene *scene)
{
	void *object;

	if (rte_mempool_get(scene->other, &object) != 0)
		scene_fail("no object");
	rte_mempool_put(scene->mp, object);
	rte_mempool_put(scene->other, object);
}

static void
ring_pool(struct scene *scene)
{
	void *object;

	if (rte_mempool_get(scene->ring, &object) != 0)
		scene_fail("no object");
	rte_mempool_put(scene->mp, object);
	rte_mempool_put(scene->ring, object);
}

static void
mixed_bulk(struct scene *scene)
{
	void *objects[8];

	if (rte_mempool_get_bulk(scene->mp, objects, 8) != 0)
		scene_fail("no objects");
	scene_spoil(&objects[3], sizeof(objects[3]));
	rte_mempool_put_bulk(scene->mp, objects, 8);
	scene_spoil(&objects[3], sizeof(objects[3]));
	rte_mempool_put(scene->mp, objects[3]);
}

static void
from_heap(struct scene *scene)
{
	void *memory = malloc(4096);

	rte_mempool_put(scene->mp, (uint8_t *)memory + 16);
	free(memory);
}

static void
from_heap_aligned(struct scene *scene)
{
	void *memory = aligned_alloc(64, 4096);

	rte_mempool_put(scene->mp, (uint8_t *)memory + 128);
	free(memory);
}

static void
from_rte_malloc(struct scene *scene)
{
	void *memory = rte_zmalloc(NULL, 4096, 64);

	rte_mempool_put(scene->mp, memory);
	rte_free(memory);
}

static void
from_stack(struct scene *scene)
{
	uint64_t local[64];

	scene_spoil(memset(local, 0, sizeof(local)), sizeof(local));
	rte_mempool_put(scene->mp, &local[32]);
}

static void
code(struct scene *scene)
{
	rte_mempool_put(scene->mp, (void *)(uintptr_t)code);
}

static void
null(struct scene *scene)
{
	rte_mempool_put(scene->mp, NULL);
}

static void
garbage(struct scene *scene)
{
	rte_mempool_put(scene->mp, (void *)(uintptr_t)0xdeadbeefdeadbeefull);
}

/* What the canary or the poison looks like, an attacker may take for a pointer. */
static void
not_canonical(struct scene *scene)
{
	rte_mempool_put(scene->mp, (void *)(uintptr_t)0xffff800000000040ull);
}

static void
put_offset(struct scene *scene, ptrdiff_t offset)
{
	void *object;

	if (rte_mempool_get(scene->mp, &object) != 0)
		scene_fail("no object");
	rte_mempool_put(scene->mp, (uint8_t *)object + offset);
	rte_mempool_put(scene->mp, object);
}

static void
plus_1(struct scene *scene)
{
	put_offset(scene, 1);
}

static void
plus_8(struct scene *scene)
{
	put_offset(scene, 8);
}

static void
plus_64(struct scene *scene)
{
	put_offset(scene, 64);
}

static void
plus_128(struct scene *scene)
{
	put_offset(scene, 128);
}

/* Where the data is: the pointer a program has at hand most often. */
static void
data_pointer(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);

	rte_mempool_put(scene->mp, rte_pktmbuf_mtod(m, void *));
	rte_pktmbuf_free(m);
}

static void
last_byte(struct scene *scene)
{
	put_offset(scene, (ptrdiff_t)scene->mp->elt_size - 1);
}

static void
into_header(struct scene *scene)
{
	put_offset(scene, -8);
}

static void
begin_of_header(struct scene *scene)
{
	put_offset(scene, -64);
}

static void
into_wall(struct scene *scene)
{
	void **all = scene_objects(scene->mp);

	/* The page in front of the first one is a wall, always. */
	rte_mempool_put(scene->mp, (uint8_t *)all[0] - (2u << 20));
	free(all);
}

#define BOTH(kind)         \
	{kind, 1, 0},      \
	{                  \
		kind, 1, 0 \
	}
#define NOWHERE "in no frame of this pool"

const struct misuse misuse_pointers[] = {
	{"never-allocated", never_allocated, BOTH(KIND_NEVER), true, "allocated last by: never"},
	{"never-allocated-mbuf", never_allocated_mbuf, BOTH(KIND_NEVER), false,
         "allocated last by: never"},
	{"other-pool", other_pool, BOTH(KIND_FOREIGN), true, NOWHERE},
	{"ring-pool", ring_pool, BOTH(KIND_FOREIGN), true, NOWHERE},
	{"mixed-bulk", mixed_bulk, BOTH(KIND_FOREIGN), false, NOWHERE},
	{"from-heap", from_heap, BOTH(KIND_FOREIGN), true, NOWHERE},
	{"from-heap-aligned", from_heap_aligned, BOTH(KIND_FOREIGN), false, NOWHERE},
	{"from-rte-malloc", from_rte_malloc, BOTH(KIND_FOREIGN), false, NOWHERE},
	{"from-stack", from_stack, BOTH(KIND_FOREIGN), false, NOWHERE},
	{"code", code, BOTH(KIND_FOREIGN), false, NOWHERE},
	{"null", null, BOTH(KIND_FOREIGN), true, NOWHERE},
	{"garbage", garbage, BOTH(KIND_FOREIGN), false, NOWHERE},
	{"not-canonical", not_canonical, BOTH(KIND_FOREIGN), false, NOWHERE},
	{"plus-1", plus_1, BOTH(KIND_INTERIOR), false, "offset 1$"},
	{"plus-8", plus_8, BOTH(KIND_INTERIOR), true, "offset 8$"},
	{"plus-64", plus_64, BOTH(KIND_INTERIOR), false, "offset 64$"},
	{"plus-128", plus_128, BOTH(KIND_INTERIOR), true, "offset 128$"},
	{"data-pointer", data_pointer, BOTH(KIND_INTERIOR), false, "offset 272$"},
	{"last-byte", last_byte, BOTH(KIND_INTERIOR), false, "bytes, offset [0-9]+$"},
	{"into-header", into_header, BOTH(KIND_INTERIOR), false, "offset -8$"},
	{"begin-of-header", begin_of_header, BOTH(KIND_INTERIOR), false, "offset -64$"},
	{"into-wall", into_wall, BOTH(KIND_FOREIGN), false, NOWHERE},
	{.name = NULL},
};

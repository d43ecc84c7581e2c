/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What several misuses need.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "misuse.h"

#define PAGE (2u << 20)

void
scene_fail(const char *format, ...)
{
	va_list args;

	fputs("misuse: broken test: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	_Exit(3);
}

struct rte_mbuf *
scene_alloc(struct scene *scene)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(scene->mp);

	if (m == NULL)
		scene_fail("no mbuf left");
	return m;
}

struct rte_mbuf *
scene_chain(struct scene *scene, unsigned int segments)
{
	struct rte_mbuf *head = scene_alloc(scene);
	unsigned int i;

	for (i = 1; i < segments; i++) {
		if (rte_pktmbuf_chain(head, scene_alloc(scene)) != 0)
			scene_fail("no chain");
	}
	return head;
}

void
scene_spoil(void *at, size_t len)
{
	volatile uint8_t *byte = at;
	size_t i;

	for (i = 0; i < len; i++)
		byte[i] = (uint8_t)(byte[i] ^ 0xa5);
}

struct collection {
	void **objects;
	unsigned int n;
};

static void
collect_one(struct rte_mempool *mp, void *arg, void *object, unsigned int index)
{
	struct collection *to = arg;

	(void)mp;
	(void)index;
	to->objects[to->n++] = object;
}

static int
by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (void *const *)a;
	uintptr_t y = (uintptr_t) * (void *const *)b;

	return x < y ? -1 : x > y;
}

void **
scene_objects(struct rte_mempool *mp)
{
	struct collection all = {.objects = calloc(mp->size, sizeof(void *))};

	if (all.objects == NULL)
		scene_fail("no memory");
	rte_mempool_obj_iter(mp, collect_one, &all);
	if (all.n != mp->size)
		scene_fail("%u objects in a pool of %u", all.n, mp->size);
	qsort(all.objects, all.n, sizeof(void *), by_address);
	return all.objects;
}

unsigned int
scene_drain(struct rte_mempool *mp, void **objects)
{
	unsigned int n = 0;

	while (n < mp->size + 1 && rte_mempool_get(mp, &objects[n]) == 0)
		n++;
	return n;
}

void
scene_take(struct scene *scene, void *object)
{
	void **all = calloc(scene->mp->size + 1, sizeof(void *));
	unsigned int n = scene_drain(scene->mp, all);
	bool found = false;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (all[i] == object)
			found = true;
		else
			rte_mempool_put(scene->mp, all[i]);
	}
	free(all);
	if (!found)
		scene_fail("%p is not free", object);
}

struct pair
scene_neighbours(struct scene *scene)
{
	void **all = scene_objects(scene->mp);
	struct pair pair = {NULL, NULL};
	unsigned int i;

	for (i = 0; i + 1 < scene->mp->size && pair.front == NULL; i++) {
		if ((uintptr_t)all[i] / PAGE == (uintptr_t)all[i + 1] / PAGE)
			pair = (struct pair){all[i], all[i + 1]};
	}
	free(all);
	if (pair.front == NULL)
		scene_fail("no two objects in one page");
	scene_take(scene, pair.front);
	return pair;
}

size_t
scene_reach(const struct rte_mempool *mp, const struct pair *pair)
{
	return (uintptr_t)pair->behind - mp->header_size - (uintptr_t)pair->front;
}

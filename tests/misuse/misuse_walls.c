/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Runs of writes that leave the page: they end in a fault, under any profile
 * and policy.
 */

#include <stdlib.h>

#include "misuse.h"

#define PAGE ((uintptr_t)2 << 20)

/* The last one of its page. */
static uint8_t *
last_of_page(struct scene *scene)
{
	void **all = scene_objects(scene->mp);
	unsigned int i = 0;
	uint8_t *last;

	while (i + 1 < scene->mp->size && (uintptr_t)all[i] / PAGE == (uintptr_t)all[i + 1] / PAGE)
		i++;
	last = all[i];
	free(all);
	scene_take(scene, last);
	return last;
}

static void
write_through(struct scene *scene)
{
	scene_spoil(last_of_page(scene), PAGE);
	scene_fail("2 MiB were written from the last frame of a page on");
}

static void
write_below(struct scene *scene)
{
	void **all = scene_objects(scene->mp);
	uint8_t *first = all[0];
	uintptr_t i;

	free(all);
	scene_take(scene, first);
	for (i = 1; i <= PAGE; i++)
		scene_spoil(first - i, 1);
	scene_fail("2 MiB were written from the first frame of a page down");
}

static void
read_through(struct scene *scene)
{
	const volatile uint8_t *last = last_of_page(scene);
	unsigned int sum = 0;
	uintptr_t i;

	for (i = 0; i < PAGE; i++)
		sum += last[i];
	scene_fail("2 MiB were read from the last frame of a page on: %u", sum);
}

#define FAULT                   \
	{KIND_WALL, 0, 0},      \
	{                       \
		KIND_WALL, 0, 0 \
	}

const struct misuse misuse_walls[] = {
	{"write-through", write_through, FAULT, true,
         "likely culprit: frame 0x[0-9a-f]+, 0x[0-9a-f]+ bytes in front of it"},
	{"write-below", write_below, FAULT, false,
         "likely culprit: frame 0x[0-9a-f]+, 0x[0-9a-f]+ bytes behind it"},
	{"read-through", read_through, FAULT, false, "of the maze at"},
	{.name = NULL},
};

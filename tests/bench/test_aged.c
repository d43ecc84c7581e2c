/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Pools as labyrinth-bench makes them: with --aged every object is there once, and no handler
 * hands out neighbours one after the other. Needs EAL, so bench_cli.sh runs it.
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "app_message.h"
#include "pools.h"
#include "workload.h"

#define SIZE 4095
/* On small pages no object crosses the end of one: neighbours lie a page apart. */
#define APART 4096

static int
by_address(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;

	return (x > y) - (x < y);
}

/** Objects that lie beside the one that was got before them. */
static unsigned int
neighbours(void *const *objects)
{
	unsigned int i, nb = 0;

	for (i = 1; i < SIZE; i++) {
		const char *a = objects[i - 1], *b = objects[i];

		nb += b > a ? b - a <= APART : a - b <= APART;
	}
	return nb;
}

static int
take_all(struct rte_mempool *mp, void **objects)
{
	unsigned int i;

	for (i = 0; i < SIZE; i++)
		if (rte_mempool_generic_get(mp, &objects[i], 1, NULL) != 0)
			return -1;
	return 0;
}

/** Neighbours among the objects of a pool in the order they come; below 0 on a fault. */
static int
look(struct rte_mempool *mp, void **objects)
{
	int nb;
	unsigned int i;

	if (take_all(mp, objects) != 0) {
		fprintf(stderr, "%s: an object is missing\n", mp->name);
		return -1;
	}
	nb = (int)neighbours(objects);
	for (i = 0; i < SIZE; i++)
		rte_mempool_generic_put(mp, &objects[i], 1, NULL);
	qsort(objects, SIZE, sizeof(*objects), by_address);
	for (i = 1; i < SIZE; i++)
		if (objects[i] == objects[i - 1]) {
			fprintf(stderr, "%s: an object is there twice\n", mp->name);
			return -1;
		}
	return nb;
}

static int
test(const char *name, const char *options, bool aged)
{
	static void *objects[SIZE];
	const struct bench_handler handler = {.name = (char *)(uintptr_t)name, .options = options};
	const struct bench_cell cell = {
		.cache = 256, .lcores = 1, .size = SIZE, .elt = 2304, .aged = aged};
	struct rte_mempool *mp = bench_pool_create(&handler, &cell, NULL);
	int nb;

	if (mp == NULL) {
		fprintf(stderr, "%s: %s\n", name, rte_strerror(rte_errno));
		return -1;
	}
	nb = look(mp, objects);
	rte_mempool_free(mp);
	printf("%s %s %s %d\n", name, options != NULL ? options : "-", aged ? "aged" : "fresh", nb);
	return nb < 0 ? -1 : 0;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name, *options;
	} handler[] = {{"ring_mp_mc", NULL},
	               {"stack", NULL},
	               {"labyrinth", "profile=fast"},
	               {"labyrinth", "profile=guard"},
	               {"labyrinth", "profile=strict"}};
	unsigned int i;
	int ret = 0;

	app_name = "test_aged";
	if (rte_eal_init(argc, argv) < 0)
		return EXIT_FAILURE;
	for (i = 0; i < RTE_DIM(handler); i++) {
		ret |= test(handler[i].name, handler[i].options, false);
		ret |= test(handler[i].name, handler[i].options, true);
	}
	rte_eal_cleanup();
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

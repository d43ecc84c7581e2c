/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Misuses that take two: another lcore, a thread without an lcore id, two at
 * the same time.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <rte_launch.h>

#include "misuse.h"

#define RACES 300

static int
free_there(void *arg)
{
	rte_pktmbuf_free(arg);
	return 0;
}

static void
free_on_worker(struct scene *scene, struct rte_mbuf *m)
{
	if (rte_eal_remote_launch(free_there, m, scene->worker) != 0 ||
	    rte_eal_wait_lcore(scene->worker) != 0)
		scene_fail("no worker");
}

/* Freed here, and once more on another core. */
static void
other_lcore(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);

	rte_pktmbuf_free(m);
	free_on_worker(scene, m);
}

static void
other_lcore_first(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);

	free_on_worker(scene, m);
	rte_pktmbuf_free(m);
}

static void *
free_in_thread(void *arg)
{
	rte_pktmbuf_free(arg);
	return NULL;
}

static void
thread_without_lcore(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);
	pthread_t thread;

	rte_pktmbuf_free(m);
	if (pthread_create(&thread, NULL, free_in_thread, m) != 0 ||
	    pthread_join(thread, NULL) != 0)
		scene_fail("no thread");
}

/* Two lcores meet, then both put one frame. */
struct race {
	struct rte_mempool *mp;
	void *object;
	_Atomic unsigned int ready;
};

static int
put_together(void *arg)
{
	struct race *race = arg;

	atomic_fetch_add(&race->ready, 1);
	while (atomic_load(&race->ready) < 2)
		rte_pause();
	rte_mempool_put(race->mp, race->object);
	return 0;
}

/* If both puts passed, the second copy is found when it is handed out. */
static void
at_the_same_time(struct scene *scene)
{
	void *all[SCENE_MBUFS + 1];
	unsigned int i;

	for (i = 0; i < RACES; i++) {
		struct race race = {.mp = scene->mp};
		unsigned int n;

		if (rte_mempool_get(scene->mp, &race.object) != 0)
			scene_fail("no object");
		if (rte_eal_remote_launch(put_together, &race, scene->worker) != 0)
			scene_fail("no worker");
		put_together(&race);
		rte_eal_wait_lcore(scene->worker);
		n = scene_drain(scene->mp, all);
		if (n != scene->mp->size)
			scene_fail("race %u: %u objects handed out of %u", i, n, scene->mp->size);
		rte_mempool_put_bulk(scene->mp, all, n);
	}
}

#define BOTH(kind, n)      \
	{kind, n, 0},      \
	{                  \
		kind, n, 0 \
	}

const struct misuse misuse_threads[] = {
	{"other-lcore", other_lcore, BOTH(KIND_DOUBLE, 1), false, "tripped over by: lcore 1"},
	{"other-lcore-first", other_lcore_first, BOTH(KIND_DOUBLE, 1), false,
         "freed last by: lcore 1"},
	{"thread-without-lcore", thread_without_lcore, BOTH(KIND_DOUBLE, 1), false,
         "tripped over by: a thread without lcore id"},
	{"at-the-same-time", at_the_same_time, BOTH("double (free|allocation)", RACES), false,
         "allocated last by: lcore 0"},
	{.name = NULL},
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Threads of every kind: lcores, threads EAL never heard of, threads that
 * registered. Whoever freed a frame, anybody can get it.
 */

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "harness.h"
#include "pools.h"

#define THREADS 20
#define BURST   32
/* A thread stopped inside a call hides two rooms of 256; all may be stopped at once. */
#define SIZE   (THREADS * (512u + BURST))
#define ROUNDS 2000

struct job {
	struct rte_mempool *mp;
	void **objects;
	unsigned int got;
	bool registers;
	bool good;
	unsigned int failures;
};

static int
drain_job(void *arg)
{
	struct job *job = arg;

	job->got = pool_drain(job->mp, job->objects, SIZE + 1);
	return 0;
}

static int
put_job(void *arg)
{
	struct job *job = arg;
	unsigned int i;

	/* One by one and in bulk, so that rooms of the lane fill both ways. */
	for (i = 0; i < job->got / 2; i++)
		rte_mempool_put(job->mp, job->objects[i]);
	rte_mempool_put_bulk(job->mp, job->objects + i, job->got - i);
	return 0;
}

static void *
drain_thread(void *arg)
{
	drain_job(arg);
	return NULL;
}

static void *
put_thread(void *arg)
{
	put_job(arg);
	return NULL;
}

static void
run_thread(void *(*fn)(void *), struct job *job)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, fn, job) != 0)
		die("threads: cannot start a thread");
	pthread_join(thread, NULL);
}

static void
run_lcore(lcore_function_t *fn, struct job *job)
{
	unsigned int worker = rte_get_next_lcore(-1, 1, 0);

	rte_eal_remote_launch(fn, job, worker);
	rte_eal_wait_lcore(worker);
}

static void
expect_all(struct job *job, const char *config, const char *who)
{
	check(job->got == SIZE && all_distinct(job->objects, job->got) &&
	              rte_mempool_avail_count(job->mp) == 0,
	      "%s: %s: %u of %u, %u left", config, who, job->got, SIZE,
	      rte_mempool_avail_count(job->mp));
}

static void
expect_full(const struct job *job, const char *config, const char *who)
{
	unsigned int available = rte_mempool_avail_count(job->mp);

	check(available == SIZE, "%s: %s: %u of %u are available", config, who, available, SIZE);
}

/* One frees them all, another one gets them all; then a third. */
static void
hand_over(struct job *job, const char *config)
{
	run_lcore(drain_job, job);
	expect_all(job, config, "an lcore gets all of a new pool");
	run_lcore(put_job, job);
	expect_full(job, config, "the lcore gave them back");
	drain_job(job);
	expect_all(job, config, "another lcore gets all that one freed");
	put_job(job);
	run_thread(drain_thread, job);
	expect_all(job, config, "a thread without lcore id gets all an lcore freed");
	run_thread(put_thread, job);
	expect_full(job, config, "the thread gave them back");
	run_lcore(drain_job, job);
	expect_all(job, config, "an lcore gets all a thread without lcore id freed");
	/* Half from here, half from there: no lane has them all. */
	job->got = SIZE / 2;
	put_job(job);
	job->objects += SIZE / 2;
	run_thread(put_thread, job);
	job->objects -= SIZE / 2;
	expect_full(job, config, "two kinds of threads gave back a half each");
	run_lcore(drain_job, job);
	expect_all(job, config, "an lcore gets both halves");
	put_job(job);
}

/* Gets and puts bursts of all sizes; writes where an owner would write. */
static void *
mill_thread(void *arg)
{
	struct job *job = arg;
	void *objects[BURST];
	unsigned int i;
	unsigned int j;

	job->good = true;
	if (job->registers)
		job->good = rte_thread_register() == 0 && rte_lcore_id() != LCORE_ID_ANY;
	else
		job->good = rte_lcore_id() == LCORE_ID_ANY;
	for (i = 0; i < ROUNDS; i++) {
		unsigned int n = 1 + i % BURST;

		if (rte_mempool_get_bulk(job->mp, objects, n) != 0) {
			job->failures++;
			continue;
		}
		for (j = 0; j < n; j++)
			((struct rte_mbuf *)objects[j])->dynfield1[0] = (uint32_t)(uintptr_t)job;
		for (j = 0; j < n; j++)
			job->good &= ((struct rte_mbuf *)objects[j])->dynfield1[0] ==
			             (uint32_t)(uintptr_t)job;
		rte_mempool_put_bulk(job->mp, objects, n);
	}
	if (job->registers)
		rte_thread_unregister();
	return NULL;
}

/* What an lcore may keep of a pool with a cache: as much as DPDK's would. */
#define CACHE    256
#define KEPT_MAX (CACHE * 3 / 2)

/* A pool with a cache: an lcore gets all but what others may keep, and it is as little. */
static void
expect_most(struct job *job, const char *config, const char *who, unsigned int others)
{
	unsigned int left = rte_mempool_avail_count(job->mp);

	check(job->got + left == SIZE && left <= others * KEPT_MAX &&
	              all_distinct(job->objects, job->got),
	      "%s: %s: %u of %u, %u left, of %u lcores", config, who, job->got, SIZE, left, others);
}

static void
mill(struct job *job, const char *config, bool registers, unsigned int others)
{
	const char *kind = registers ? "registered" : "without lcore id";
	struct job jobs[THREADS];
	pthread_t threads[THREADS];
	unsigned int failures = 0;
	unsigned int good = 0;
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){.mp = job->mp, .registers = registers};
		if (pthread_create(&threads[i], NULL, mill_thread, &jobs[i]) != 0)
			die("threads: cannot start a thread");
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		good += jobs[i].good;
		failures += jobs[i].failures;
	}
	check(failures == 0, "%s: %s: %u of %d gets found too few", config, kind, failures,
	      THREADS * ROUNDS);
	check(good == THREADS, "%s: %u of %d threads %s got and put, never the same mbuf at a time",
	      config, good, THREADS, kind);
	expect_full(job, config, kind);
	drain_job(job);
	/* Threads that gave their lcore id back keep nothing. */
	expect_most(job, config, "then one lcore gets the rest", others);
	put_job(job);
}

/* Lcores keep some frames to themselves, within the limit; nothing is lost by that. */
static void
keep_some(struct job *job, const char *config)
{
	run_lcore(drain_job, job);
	expect_most(job, config, "an lcore gets all of a new pool", 0);
	run_lcore(put_job, job);
	expect_full(job, config, "the lcore gave them back");
	drain_job(job);
	expect_most(job, config, "another lcore gets what that one freed", 1);
	put_job(job);
	expect_full(job, config, "and gave it back");
	run_thread(drain_thread, job);
	expect_most(job, config, "a thread without lcore id gets what two lcores do not keep", 2);
	run_thread(put_thread, job);
	expect_full(job, config, "the thread gave it back");
}

static void
one_config(const char *config, unsigned int cache)
{
	struct pool_spec spec = {.n = SIZE, .config = config, .cache = cache};
	struct job job = {.mp = pool_must(&spec)};
	/* The worker keeps some from the main lcore, which gets the rest here. */
	unsigned int others = cache == 0 ? 0 : 1;

	job.objects = calloc(SIZE + 1, sizeof(*job.objects));
	if (job.objects == NULL)
		die("threads: no memory");
	log_clear();
	expect_full(&job, config, "a new pool");
	if (cache == 0)
		hand_over(&job, config);
	else
		keep_some(&job, config);
	mill(&job, config, false, others);
	mill(&job, config, true, others);
	free(job.objects);
	rte_mempool_free(job.mp);
}

int
main(void)
{
	eal_start("threads", 128,
	          sysconf(_SC_NPROCESSORS_ONLN) > 1 ? "--lcores 0@0,1@1" : "--lcores 0@0,1@0");
	one_config("profile=fast", 0);
	one_config("profile=guard", 0);
	one_config("profile=guard,backing=eal", 0);
	one_config("profile=strict", 0);
	one_config("profile=guard", CACHE);
	one_config("profile=strict,backing=eal", CACHE);
	return finish();
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_pause.h>

#include "app_message.h"
#include "place.h"
#include "team.h"

/* A get that fails so often in a row will never succeed. */
#define TRIES 1000000
/* The share of the work that is done before the clock starts. */
#define WARM_UP 8
/*
 * The clock is looked at so seldom that it does not count, but not more seldom: where
 * lcores share a CPU every call may take as long as a turn of the scheduler.
 */
#define CLOCK_CYCLES 8000

static bool
is_timed(const struct bench_worker *worker)
{
	return worker->index == 0 || (worker->cell->workload->flags & BENCH_FIRST_ONLY) == 0;
}

bool
bench_worker_failed(const struct bench_worker *worker)
{
	return atomic_load_explicit(&worker->team->failed, memory_order_relaxed);
}

void
bench_worker_wait(const struct bench_worker *worker)
{
	if (worker->team->shared)
		sched_yield();
	else
		rte_pause();
}

struct bench_worker *
bench_worker_other(const struct bench_worker *worker, unsigned int index)
{
	return &worker->team->worker[index];
}

bool
bench_worker_retry(struct bench_worker *worker)
{
	if (worker->failures++ == TRIES)
		atomic_store_explicit(&worker->team->failed, true, memory_order_relaxed);
	if (bench_worker_failed(worker))
		return false;
	bench_worker_wait(worker);
	return true;
}

/** Wait until every worker has come here. */
static void
meet(const struct bench_worker *worker)
{
	struct bench_team *team = worker->team;

	/* Release and acquire, so that a worker sees what the others prepared. */
	atomic_fetch_add_explicit(&team->arrived, 1, memory_order_acq_rel);
	while (atomic_load_explicit(&team->arrived, memory_order_acquire) < team->nb)
		bench_worker_wait(worker);
}

/** Work until it is done or took too long; returns the objects got and put. */
static uint64_t
work_for(struct bench_worker *worker, uint64_t iterations)
{
	const struct bench_workload *workload = worker->cell->workload;
	uint64_t now = rte_rdtsc(), before, done, n = 1;
	const uint64_t end = now + worker->team->limit;

	/* Of two that wait for each other none may stop early. */
	if ((workload->flags & BENCH_PAIRS) != 0)
		return workload->iterate(worker, iterations);
	for (done = 0; iterations > 0 && !bench_worker_failed(worker);) {
		n = RTE_MIN(n, iterations);
		iterations -= n;
		done += workload->iterate(worker, n);
		before = now;
		now = rte_rdtsc();
		if (now > end)
			break;
		if (now - before < CLOCK_CYCLES)
			n *= 2;
	}
	return done;
}

static int
work(void *arg)
{
	struct bench_worker *worker = arg;
	const struct bench_workload *workload = worker->cell->workload;
	struct bench_team *team = worker->team;
	uint64_t begin;

	worker->failures = 0;
	worker->timed = false;
	if (team->warm_up > 0)
		work_for(worker, team->warm_up);
	meet(worker);
	if (is_timed(worker)) {
		worker->timed = true;
		begin = rte_rdtsc();
		worker->done = work_for(worker, team->iterations);
		worker->cycles = rte_rdtsc() - begin;
		worker->timed = false;
		atomic_fetch_sub_explicit(&team->running, 1, memory_order_relaxed);
	}
	/* The slowest worker must not be timed alone. */
	while ((workload->flags & BENCH_PAIRS) == 0 && !bench_worker_failed(worker) &&
	       atomic_load_explicit(&team->running, memory_order_relaxed) > 0)
		workload->iterate(worker, 1);
	return 0;
}

struct bench_team *
bench_team_new(const struct bench_cell *cell)
{
	struct bench_team *team = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*team));
	unsigned int ids[BENCH_MAX_WORKERS];
	struct bench_worker *worker;
	uint32_t i;

	if (team == NULL) {
		app_error("no memory for %u workers", cell->lcores);
		return NULL;
	}
	memset(team, 0, sizeof(*team));
	if (bench_place(cell->lcores, cell->cpus, ids) != 0) {
		app_error("--lcores=%u@%u: EAL has no such lcores", cell->lcores, cell->cpus);
		free(team);
		return NULL;
	}
	team->nb = cell->lcores;
	team->shared = cell->lcores > cell->cpus;
	for (i = 0; i < team->nb; i++) {
		worker = &team->worker[i];
		worker->team = team;
		worker->cell = cell;
		worker->index = i;
		worker->lcore = ids[i];
		worker->objects = rte_zmalloc(
			"bench_objects", (cell->kept + BENCH_MAX_BULK) * sizeof(*worker->objects),
			RTE_CACHE_LINE_SIZE);
		if (worker->objects == NULL) {
			app_error("no memory for %u objects kept by %u lcores", cell->kept,
			          cell->lcores);
			bench_team_free(team);
			return NULL;
		}
	}
	return team;
}

static int
prepare(struct bench_team *team, struct rte_mempool *mp)
{
	unsigned int i;
	int ret = 0;

	/* All of them, so that none finishes with what an earlier run left. */
	for (i = 0; i < team->nb; i++)
		team->worker[i].state = NULL;
	for (i = 0; i < team->nb; i++) {
		struct bench_worker *worker = &team->worker[i];

		worker->mp = mp;
		worker->done = 0;
		worker->cycles = 0;
		if (ret == 0 && worker->cell->workload->prepare != NULL)
			ret = worker->cell->workload->prepare(worker);
	}
	return ret;
}

static void
finish(struct bench_team *team)
{
	unsigned int i;

	for (i = 0; i < team->nb; i++)
		if (team->worker[i].cell->workload->finish != NULL)
			team->worker[i].cell->workload->finish(&team->worker[i]);
}

/** Cycles per object of a worker, for as much of a CPU as it had. */
static double
cost(const struct bench_team *team)
{
	const struct bench_cell *cell = team->worker[0].cell;
	double sum = 0;
	unsigned int i, nb = 0;

	for (i = 0; i < team->nb; i++) {
		if (!is_timed(&team->worker[i]))
			continue;
		if (team->worker[i].done == 0)
			return -1;
		sum += (double)team->worker[i].cycles / (double)team->worker[i].done;
		nb++;
	}
	/* The one worker that is timed among several tells its own time. */
	return nb < team->nb ? sum / nb : sum / nb * cell->cpus / cell->lcores;
}

double
bench_team_run(struct bench_team *team, struct rte_mempool *mp, uint64_t iterations, uint64_t limit,
               struct bench_latency *latency)
{
	unsigned int i;

	team->latency = latency;
	team->limit = limit;
	team->iterations = iterations;
	team->warm_up = iterations / WARM_UP;
	atomic_store(&team->arrived, 0);
	atomic_store(&team->failed, false);
	atomic_store(&team->running, 0);
	for (i = 0; i < team->nb; i++)
		atomic_fetch_add(&team->running, is_timed(&team->worker[i]));
	team->ready = prepare(team, mp) == 0;
	if (!team->ready) {
		finish(team);
		return -1;
	}
	for (i = 1; i < team->nb; i++)
		rte_eal_remote_launch(work, &team->worker[i], team->worker[i].lcore);
	work(&team->worker[0]);
	for (i = 1; i < team->nb; i++)
		rte_eal_wait_lcore(team->worker[i].lcore);
	finish(team);
	return atomic_load(&team->failed) ? -1 : cost(team);
}

uint64_t
bench_team_cycles(const struct bench_team *team)
{
	uint64_t longest = 0;
	unsigned int i;

	for (i = 0; i < team->nb; i++)
		longest = RTE_MAX(longest, team->worker[i].cycles);
	return longest;
}

void
bench_team_free(struct bench_team *team)
{
	unsigned int i;

	if (team == NULL)
		return;
	for (i = 0; i < team->nb; i++)
		rte_free(team->worker[i].objects);
	free(team);
}

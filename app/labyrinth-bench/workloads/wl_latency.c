/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <time.h>

#include <rte_cycles.h>

#include "latency.h"
#include "team.h"
#include "workload.h"

/* Calls that took longer are worth asking the kernel whether we had the CPU. */
#define LONG_US 10

/** Time without the CPU so far, of this thread, in nanoseconds. */
static uint64_t
off_cpu(void)
{
	struct timespec wall, cpu;

	clock_gettime(CLOCK_MONOTONIC, &wall);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	return (uint64_t)(wall.tv_sec - cpu.tv_sec) * 1000000000u + (uint64_t)wall.tv_nsec -
	       (uint64_t)cpu.tv_nsec;
}

/** One worker's clock: knows up to which time off the CPU is accounted for. */
struct meter {
	struct bench_latency *latency; /**< NULL: only work */
	uint64_t last;                 /**< end of the last call */
	uint64_t off;                  /**< nanoseconds off the CPU until then */
	uint64_t limit;                /**< cycles that make a call a long one */
};

/** What of some cycles this thread really had the CPU for. */
static uint64_t
running(struct meter *meter, uint64_t cycles)
{
	uint64_t off = off_cpu();
	uint64_t away = (uint64_t)((double)(off - meter->off) * (double)rte_get_tsc_hz() / 1e9);

	meter->off = off;
	return cycles > away ? cycles - away : 0;
}

static void
count(struct meter *meter, uint64_t begin, uint64_t end)
{
	uint64_t cycles = end - begin, ran = cycles;

	/* Interrupted between two calls: that was not in this one. */
	if (begin - meter->last > meter->limit)
		meter->off = off_cpu();
	if (cycles > meter->limit)
		ran = running(meter, cycles);
	app_histogram_add(&meter->latency->wall, cycles);
	app_histogram_add(&meter->latency->running, ran);
	meter->last = rte_rdtsc();
}

/** Nothing, for as long as a call takes: what happens meanwhile is the machine's doing. */
static void
idle(const struct bench_team *team, uint64_t begin)
{
	while (rte_rdtsc() - begin < team->call)
		;
}

static bool
timed_get(struct bench_worker *worker, struct meter *meter, void **objects, unsigned int n)
{
	uint64_t begin = rte_rdtsc();

	if (worker->mp == NULL)
		idle(worker->team, begin);
	else if (!bench_get(worker, objects, n))
		return false;
	if (meter->latency != NULL)
		count(meter, begin, rte_rdtsc());
	return true;
}

static void
timed_put(struct bench_worker *worker, struct meter *meter, void **objects, unsigned int n)
{
	uint64_t begin = rte_rdtsc();

	if (worker->mp == NULL)
		idle(worker->team, begin);
	else
		bench_put(worker, objects, n);
	if (meter->latency != NULL)
		count(meter, begin, rte_rdtsc());
}

static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	const unsigned int kept = worker->cell->kept, bulk = worker->cell->bulk;
	struct meter meter = {
		.latency = worker->timed ? worker->team->latency : NULL,
		.last = rte_rdtsc(),
		.off = off_cpu(),
		.limit = rte_get_tsc_hz() / 1000000 * LONG_US,
	};
	void **objects = worker->objects;
	unsigned int got, put, n;
	uint64_t i;

	for (i = 0; i < iterations; i++) {
		for (got = 0; got < kept; got += n) {
			n = RTE_MIN(bulk, kept - got);
			if (!timed_get(worker, &meter, &objects[got], n))
				break;
		}
		for (put = 0; put < got; put += n) {
			n = RTE_MIN(bulk, got - put);
			timed_put(worker, &meter, &objects[put], n);
		}
		if (got < kept)
			break;
	}
	return i * kept;
}

const struct bench_workload bench_latency = {
	.name = "latency",
	.meaning = "every call of one lcore for itself; the other lcores compete with it",
	.flags = BENCH_FIRST_ONLY | BENCH_LATENCY,
	.patience = 5,
	.iterate = iterate,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Two lcores on one CPU, no DPDK cache: what one costs the other when the
 * kernel stops it in the middle of a call. Measured is the CPU time this
 * process used, in timestamp cycles, for each object got and put, so other
 * processes on that CPU do not matter. Rounds of all pools are interleaved.
 */

#include <stdatomic.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "harness.h"
#include "pools.h"

#define TRIES  3
#define ROUNDS 5
/* Stops are rare, and the ring takes many of them to show what they cost. */
#define RING_ROUND_MS 800
#define ROUND_MS      150
#define MOST_CYCLES   100
#define LEAST_RATIO   10

static const struct {
	const char *name;
	const char *ops;
	const char *config;
} kinds[] = {
	{"ring_mp_mc", OPS_RING, NULL},
	{"labyrinth fast", OPS_LABYRINTH, "profile=fast"},
	{"labyrinth guard", OPS_LABYRINTH, "profile=guard"},
};

static const unsigned int bulks[] = {1, 8, 32};

#define KINDS RTE_DIM(kinds)
#define BULKS RTE_DIM(bulks)

struct round {
	struct rte_mempool *mp;
	unsigned int bulk;
	uint64_t end;
	atomic_uint_fast64_t objects;
	atomic_uint_fast64_t failures;
};

static int
get_and_put(void *arg)
{
	struct round *round = arg;
	void *objects[32];
	uint64_t failures = 0;
	uint64_t n = 0;

	while (rte_get_tsc_cycles() < round->end) {
		unsigned int i;

		for (i = 0; i < 64; i++) {
			if (rte_mempool_get_bulk(round->mp, objects, round->bulk) != 0) {
				failures++;
				continue;
			}
			rte_mempool_put_bulk(round->mp, objects, round->bulk);
			n += round->bulk;
		}
	}
	atomic_fetch_add(&round->objects, n);
	atomic_fetch_add(&round->failures, failures);
	return 0;
}

static double
cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Cycles of CPU time for each object. */
static double
one_round(struct rte_mempool *mp, unsigned int bulk, unsigned int ms)
{
	struct round round = {.mp = mp, .bulk = bulk};
	double began = cpu_seconds();
	double objects;

	round.end = rte_get_tsc_cycles() + rte_get_tsc_hz() / 1000 * ms;
	rte_eal_mp_remote_launch(get_and_put, &round, CALL_MAIN);
	rte_eal_mp_wait_lcore();
	if (round.failures != 0)
		die("shared_cpu: %u gets failed", (unsigned int)round.failures);
	objects = round.objects == 0 ? 1 : (double)round.objects;
	return (cpu_seconds() - began) * (double)rte_get_tsc_hz() / objects;
}

static bool
good_cell(const double cycles[KINDS], unsigned int kind)
{
	return cycles[kind] < MOST_CYCLES && cycles[kind] * LEAST_RATIO <= cycles[0];
}

static void
judge(unsigned int bulk, const double cycles[KINDS])
{
	unsigned int i;

	for (i = 0; i < KINDS; i++)
		note("bulk %2u: %-15s %10.1f cycles an object", bulk, kinds[i].name, cycles[i]);
	for (i = 1; i < KINDS; i++)
		check(good_cell(cycles, i),
		      "bulk %u: %s: %.1f cycles an object, below %d; %.0f times fewer than %s, at "
		      "least %d times",
		      bulk, kinds[i].name, cycles[i], MOST_CYCLES, cycles[0] / cycles[i],
		      kinds[0].name, LEAST_RATIO);
}

/* Medians of a few rounds of everything; returns whether all of them are good. */
static bool
measure(struct rte_mempool *const pools[KINDS], double medians[BULKS][KINDS])
{
	double cycles[BULKS][KINDS][ROUNDS];
	unsigned int round;
	bool good = true;
	unsigned int b;
	unsigned int k;

	for (round = 0; round < ROUNDS; round++) {
		for (b = 0; b < BULKS; b++) {
			for (k = 0; k < KINDS; k++)
				cycles[b][k][round] = one_round(pools[k], bulks[b],
				                                k == 0 ? RING_ROUND_MS : ROUND_MS);
		}
	}
	for (b = 0; b < BULKS; b++) {
		for (k = 0; k < KINDS; k++)
			medians[b][k] = median(cycles[b][k], ROUNDS);
		for (k = 1; k < KINDS; k++)
			good = good && good_cell(medians[b], k);
	}
	return good;
}

int
main(void)
{
	struct rte_mempool *pools[KINDS];
	double medians[BULKS][KINDS];
	unsigned int try;
	unsigned int b;
	unsigned int k;

	eal_start("shared_cpu", 128, "--lcores 0@0,1@0");
	for (k = 0; k < KINDS; k++) {
		struct pool_spec spec = {.name = kinds[k].name,
		                         .ops = kinds[k].ops,
		                         .config = kinds[k].config,
		                         .n = 8191};

		pools[k] = pool_must(&spec);
	}
	/* What else runs on this machine takes cache and clock from us: best of three. */
	for (try = 1; !measure(pools, medians) && try < TRIES; try++)
		note("try %u of %d was disturbed, or is too slow", try, TRIES);
	for (b = 0; b < BULKS; b++)
		judge(bulks[b], medians[b]);
	for (k = 0; k < KINDS; k++)
		rte_mempool_free(pools[k]);
	return finish();
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Gets and puts of many lcores, done by one thread, for the simulator of caches: real code of
 * labyrinth, and of DPDK's ring_mp_mc with a cache of 256 for each lcore.
 *
 *   accesses HANDLER LCORES MODE [PLUGIN]
 *
 * HANDLER is ring_mp_mc, guard (owner words a cache line apart) or compact (16 bytes apart).
 * MODE is forward (each lcore puts what it got, later) or pipe (every other one gets, its
 * neighbour puts)
 * PLUGIN is the library of DPDK that has ring_mp_mc.
 */

#include <dlfcn.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_mempool.h>
#include <rte_ring.h>

#include "accesses.h"
#include "labyrinth.h"

#define BULK   32
#define KEPT   128 /* frames that an lcore holds */
#define EACH   640
#define ROUNDS 96
#define WARM   64
#define AGES   4
#define STRIDE 256
#define CACHE  256
#define SLOT   ((size_t)LABYRINTH_SLOT_SIZE)

/* What an lcore holds, in the order it got it. */
struct lcore {
	alignas(128) void *held[KEPT + BULK];
	unsigned int have;
};

static volatile uint64_t *marks;
static struct lcore lcores[LCORES_MAX];
static unsigned int nb_lcores;
static uint8_t *memory;

static labyrinth_t *lab;
static struct rte_mempool ring_pool;
static struct rte_mempool_cache caches[LCORES_MAX];

static void
mark(uint64_t place)
{
	marks[place] = 1;
}

static void
die(const char *what)
{
	fprintf(stderr, "accesses: %s\n", what);
	exit(1);
}

/* --- the handlers ------------------------------------------------------------------ */

static void
get(unsigned int lcore, void **objects)
{
	int ret = lab != NULL ? labyrinth_get(lab, lcore, objects, BULK)
	                      : rte_mempool_generic_get(&ring_pool, objects, BULK, &caches[lcore]);

	if (ret != 0)
		die("a get failed");
}

static void
put(unsigned int lcore, void **objects)
{
	if (lab != NULL)
		labyrinth_put(lab, lcore, objects, BULK);
	else
		rte_mempool_generic_put(&ring_pool, objects, BULK, &caches[lcore]);
}

static void *
zeroed(size_t len, size_t align)
{
	void *at = aligned_alloc(align, (len + align - 1) / align * align);

	if (at == NULL)
		die("no memory");
	memset(at, 0, len);
	return at;
}

static void
ring_make(unsigned int n, const char *plugin)
{
	unsigned int size = rte_align32pow2(n + 1);
	struct rte_ring *ring = zeroed((size_t)rte_ring_get_memsize(size), 128);
	unsigned int i;

	if (plugin == NULL || dlopen(plugin, RTLD_NOW) == NULL)
		die("cannot load PLUGIN");
	if (rte_ring_init(ring, "coherence", size, 0) != 0)
		die("no ring");
	ring_pool.size = n;
	ring_pool.elt_size = STRIDE - 64;
	if (rte_mempool_set_ops_byname(&ring_pool, "ring_mp_mc", NULL) != 0)
		die("no handler ring_mp_mc");
	ring_pool.pool_data = ring;
	for (i = 0; i < nb_lcores; i++) {
		caches[i].size = CACHE;
		caches[i].flushthresh = CACHE * 3 / 2;
	}
	for (i = 0; i < n; i++) {
		void *object = memory + (size_t)i * STRIDE + 64;

		rte_ring_enqueue(ring, object);
	}
}

static void
labyrinth_make(unsigned int n, uint32_t word_space)
{
	static const uint8_t seed[LABYRINTH_SEED_LEN] = {1};
	const struct labyrinth_params params = {
		.frames = n,
		.lanes = nb_lcores,
		.busy_lanes = nb_lcores,
		.flags = LABYRINTH_F_SEAL,
		.slots = (uint32_t)(((size_t)n * STRIDE + SLOT - 1) / SLOT),
		.frame_len = STRIDE - 64,
		.word_space = word_space,
		.lane_frames = CACHE * 3 / 2,
	};
	size_t len = labyrinth_footprint(&params);
	unsigned int i;

	if (len == 0)
		die("no labyrinth");
	lab = zeroed(len, 128);
	if (labyrinth_init(lab, len, &params, seed) != 0 ||
	    labyrinth_cover(lab, memory, params.slots * SLOT) != 0)
		die("no labyrinth");
	for (i = 0; i < n; i++)
		if (labyrinth_add(lab, memory + (size_t)i * STRIDE + 64) != 0)
			die("no frame");
	labyrinth_open(lab);
}

/* --- the work ------------------------------------------------------------------------ */

static void
touch(void **objects)
{
	unsigned int i;

	for (i = 0; i < BULK; i++)
		*(volatile uint64_t *)objects[i] = 1;
}

static void
got(unsigned int lcore, void **objects)
{
	get(lcore, objects);
	touch(objects);
}

/* Each lcore holds what it got for a while, and puts the oldest. */
static void
forward(unsigned int i)
{
	struct lcore *me = &lcores[i];

	mark(i);
	got(i, &me->held[me->have]);
	me->have += BULK;
	if (me->have > KEPT) {
		put(i, me->held);
		me->have -= BULK;
		memmove(me->held, me->held + BULK, me->have * sizeof(me->held[0]));
	}
	mark(MARK_NOBODY);
}

/* The same by two: the pointers pass by ways that are not ours. */
static void
pipeline(unsigned int i)
{
	struct lcore *me = &lcores[i];
	void *oldest[BULK];

	mark(i);
	got(i, &me->held[me->have]);
	mark(MARK_NOBODY);
	me->have += BULK;
	if (me->have <= KEPT)
		return;
	memcpy(oldest, me->held, sizeof(oldest));
	me->have -= BULK;
	memmove(me->held, me->held + BULK, me->have * sizeof(me->held[0]));
	mark(i + 1);
	put(i + 1, oldest);
	mark(MARK_NOBODY);
}

/* As after hours of traffic: what each lcore puts lies anywhere. Caches keep some back. */
static void
age(unsigned int n)
{
	void **all = zeroed(n * sizeof(all[0]), 64);
	unsigned int some = n / 2 / BULK * BULK;
	uint64_t row = 88172645463325252u;
	unsigned int i;

	for (i = 0; i < some; i += BULK)
		get(i / BULK % nb_lcores, &all[i]);
	for (i = some; i > 1; i--) {
		unsigned int j;
		void *swap = all[i - 1];

		row ^= row << 13;
		row ^= row >> 7;
		row ^= row << 17;
		j = (unsigned int)((row >> 32) % i);
		all[i - 1] = all[j];
		all[j] = swap;
	}
	for (i = 0; i < some; i += BULK)
		put(i / BULK % nb_lcores, &all[i]);
	free(all);
}

static void
work(bool pipe)
{
	unsigned int step = pipe ? 2 : 1;
	unsigned int round, i, k;

	for (round = 0; round < ROUNDS; round++) {
		if (round == WARM)
			mark(MARK_COUNT);
		for (i = 0; i < nb_lcores; i += step) {
			if (pipe)
				pipeline(i);
			else
				forward(i);
			for (k = 0; round >= WARM && k < BULK; k++)
				mark(MARK_PACKET);
		}
	}
}

int
main(int argc, char **argv)
{
	unsigned int i;
	unsigned int n;

	if (argc < 4 || (nb_lcores = (unsigned int)atoi(argv[2])) == 0 || nb_lcores > LCORES_MAX)
		die("give HANDLER LCORES forward|pipe");
	n = EACH * nb_lcores;
	marks = mmap((void *)(uintptr_t)MARKS_AT, MARKS_LEN, PROT_READ | PROT_WRITE,
	             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (marks == MAP_FAILED)
		die("the place of the marks is taken");
	memory = zeroed((size_t)n * STRIDE, SLOT);
	if (strcmp(argv[1], "ring_mp_mc") == 0)
		ring_make(n, argv[4]);
	else if (strcmp(argv[1], "guard") == 0)
		labyrinth_make(n, 64);
	else if (strcmp(argv[1], "compact") == 0)
		labyrinth_make(n, 16);
	else
		die("HANDLER is ring_mp_mc, guard or compact");
	for (i = 0; i < AGES; i++)
		age(n);
	work(strcmp(argv[3], "pipe") == 0);
	return 0;
}

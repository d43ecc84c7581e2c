/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

/**
 * @file
 * What a worker does with its pool: one file per workload, each exporting one
 * struct bench_workload.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_mempool.h>

#define BENCH_MAX_BULK    512
#define BENCH_MAX_WORKERS 64

/** What rows of numbers begin with: the same for every handler. */
#define BENCH_SEED UINT64_C(0x9e3779b97f4a7c15)

/** The next number of a row, below n. */
static inline uint32_t
bench_draw(uint64_t *row, uint32_t n)
{
	*row ^= *row << 13;
	*row ^= *row >> 7;
	*row ^= *row << 17;
	return (uint32_t)((*row >> 32) % n);
}

struct bench_team;
struct bench_workload;

/** One point of the axes. */
struct bench_cell {
	const struct bench_workload *workload;
	uint32_t cache;       /**< DPDK's cache of each lcore */
	uint32_t lcores;      /**< workers */
	uint32_t cpus;        /**< CPUs they share */
	uint32_t bulk;        /**< objects of a call */
	uint32_t kept;        /**< objects a worker holds at most */
	uint32_t size;        /**< objects of the pool */
	uint32_t elt;         /**< bytes of an object */
	uint32_t touch_lines; /**< cache lines written of each object */
	bool aged;            /**< the pool's free objects are shuffled beforehand */
};

/** One lcore at work. */
struct __rte_cache_aligned bench_worker {
	struct bench_team *team;
	const struct bench_cell *cell;
	struct rte_mempool *mp; /**< NULL where the workload needs none */
	void **objects;         /**< room for cell->kept + BENCH_MAX_BULK pointers */
	void *state;            /**< the workload's own, of prepare() to finish() */
	unsigned int index;     /**< of the team: 0 to cell->lcores - 1 */
	unsigned int lcore;
	uint32_t failures; /**< gets that failed in this run */
	bool timed;        /**< the clock is running */
	uint64_t cycles;   /**< time measured */
	uint64_t done;     /**< objects got and put meanwhile */
};

/** A workload is in steps with its neighbour: it cannot go on alone. */
#define BENCH_PAIRS UINT32_C(1)
/** No pool is used, so one run does for all handlers. */
#define BENCH_NO_POOL UINT32_C(2)
/** Only the first worker is measured, the others compete with it. */
#define BENCH_FIRST_ONLY UINT32_C(4)
/** Single calls are counted in the team's struct bench_latency. */
#define BENCH_LATENCY UINT32_C(8)
/** Holds a ring of --ring objects and not of --kept. */
#define BENCH_RING UINT32_C(32)
/** Measures for itself what a run costs, and is run once a turn. */
#define BENCH_OWN_CLOCK UINT32_C(64)
/** For one lcore only. */
#define BENCH_ALONE UINT32_C(128)
/** Objects must be mbufs, and how many are kept is not ours to say. */
#define BENCH_MBUFS UINT32_C(256)

struct bench_workload {
	const char *name;
	const char *meaning; /**< one line of --help */
	uint32_t flags;
	uint32_t patience; /**< how many times --ms a sample takes */
	/** Get ready, not timed; NULL if there is nothing to do. 0, or -1. */
	int (*prepare)(struct bench_worker *worker);
	/** Work; returns the number of objects got and put. */
	uint64_t (*iterate)(struct bench_worker *worker, uint64_t iterations);
	/** Undo prepare(), after all workers have returned; NULL if there is nothing to do. */
	void (*finish)(struct bench_worker *worker);
};

extern const struct bench_workload bench_loop;
extern const struct bench_workload bench_touch;
extern const struct bench_workload bench_fill;
extern const struct bench_workload bench_random;
extern const struct bench_workload bench_hold;
extern const struct bench_workload bench_pipe;
extern const struct bench_workload bench_pass;
extern const struct bench_workload bench_rxring;
extern const struct bench_workload bench_latency;
extern const struct bench_workload bench_copy;
extern const struct bench_workload bench_create;
extern const struct bench_workload bench_nullio;
extern const struct bench_workload bench_nullswap;

/** A get failed: try again? Counts; false when it is hopeless, and the team fails. */
bool
bench_worker_retry(struct bench_worker *worker);

/** Has any worker of the team given up? */
bool
bench_worker_failed(const struct bench_worker *worker);

/** Wait for another worker: gives the CPU away if that one needs it. */
void
bench_worker_wait(const struct bench_worker *worker);

/** The worker of the same team with another index. */
struct bench_worker *
bench_worker_other(const struct bench_worker *worker, unsigned int index);

/** Get objects as an application does, through the cache. False: the team fails. */
static inline bool
bench_get(struct bench_worker *worker, void **objects, unsigned int n)
{
	while (unlikely(rte_mempool_get_bulk(worker->mp, objects, n) != 0))
		if (!bench_worker_retry(worker))
			return false;
	return true;
}

/** Put objects back as an application does, through the cache. */
static inline void
bench_put(struct bench_worker *worker, void *const *objects, unsigned int n)
{
	rte_mempool_put_bulk(worker->mp, objects, n);
}

/* What a driver writes first: data offset, reference count and segments of an mbuf. */
#define BENCH_REARM_OFFSET 16
#define BENCH_REARM_DATA   (UINT64_C(128) | UINT64_C(1) << 16 | UINT64_C(1) << 32)

/** Write to the first lines of objects, as a driver does that fills in mbufs. */
static inline void
bench_touch_objects(void *const *objects, unsigned int n, unsigned int lines)
{
	unsigned int i, line;

	for (i = 0; i < n; i++) {
		char *object = objects[i];

		*(volatile uint64_t *)(object + BENCH_REARM_OFFSET) = BENCH_REARM_DATA;
		/* Of an mbuf's second line a driver clears the pointer it begins with. */
		for (line = 1; line < lines; line++)
			*(volatile uint64_t *)(object + line * RTE_CACHE_LINE_SIZE) = 0;
	}
}

#endif /* BENCH_WORKLOAD_H */

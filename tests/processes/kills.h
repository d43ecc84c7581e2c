/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef KILLS_H
#define KILLS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define KILLS_POOL "kills"
#define KILLS_SIZE 8191
#define KILLS_FD   "KILLS_FD" /* environment: the file all processes map */
#define KILLS_OPS  "KILLS_OPS"
#define KILLS_WITH "KILLS_WITH" /* environment: options of the pool */

/* What the primary is told to do, by its supervisor. */
enum kills_order {
	KILLS_FORWARD,
	KILLS_RECLAIM, /* while its other lcore forwards; nothing with other handlers */
	KILLS_COUNT,   /* with its other lcore paused: take every buffer, once */
	KILLS_END,
};

/* What all three processes map; zero at the start. @atomic test: no orders matter but
 * those of done, which publishes what the primary answers. */
struct kills_shared {
	_Atomic uint64_t rounds;       /* bursts that the primary got and put */
	_Atomic uint64_t other_rounds; /* the same, of the secondary */
	_Atomic uint32_t order;        /* an enum kills_order, and how often there was one */
	_Atomic uint32_t done;         /* the last order that has been carried out */
	_Atomic bool ready;            /* the primary's pool exists */
	int ret;                       /* of rte_labyrinth_reclaim() */
	uint32_t reclaimed;            /* frames the dead had owned */
	uint32_t in_lanes;             /* frames their lanes had held */
	uint32_t free;                 /* available + cached, at KILLS_COUNT */
	uint32_t got;                  /* buffers taken one by one */
	uint32_t twice;                /* those taken that had been taken already */
};

/** Forward, and do as told, until told to end. Does not return before. */
int
kills_primary(struct kills_shared *shared, int argc, char **argv);

/** Get, hold and put until killed. */
int
kills_secondary(struct kills_shared *shared, int argc, char **argv);

#endif /* KILLS_H */

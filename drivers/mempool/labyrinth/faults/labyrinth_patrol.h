/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_PATROL_H
#define LABYRINTH_PATROL_H

/*
 * The patrol: one control thread of the primary looks at all frames of all pools
 * again and again, for what no call has found. It takes at most 1 % of a CPU.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mempool.h>

#include "labyrinth_pool.h"
#include "labyrinth_violation.h"

/* What the patrol has done so far. */
struct labyrinth_patrol_stats {
	bool on;             /* there is a thread */
	uint64_t rounds;     /* all frames of all pools looked at */
	uint64_t frames;     /* looks at a frame */
	uint64_t findings;   /* violations it told of */
	uint64_t round_ns;   /* the latest round, from its start to its end */
	uint64_t cpu_ns;     /* of its thread */
	uint64_t elapsed_ns; /* since it began */
};

/* A pool is complete: have it looked at. Starts the thread if it is the first. */
void
labyrinth_patrol_watch(const struct labyrinth_pool *pool);

/*
 * From a handler of SIGSEGV or SIGBUS: if it is the patrol that faulted, because
 * memory went away under it, this does not return. The patrol leaves the pool out from
 * then on; it ends if EAL has.
 */
void
labyrinth_patrol_fault(void);

/*
 * The last look at a pool that is about to be freed, and that nobody can find any more: an
 * overflow since the latest round is told of now or never. Of writes to free frames
 * mempool's own gets tell, when it empties the pool. The patrol does not look at the pool
 * afterwards.
 */
void
labyrinth_patrol_last(const struct rte_mempool *mp);

/*
 * The process ends: no more rounds. True if pools of this process are to be looked at a last
 * time, each by the second one.
 */
bool
labyrinth_patrol_end(void);

void
labyrinth_patrol_at_end(const struct rte_mempool *mp);

void
labyrinth_patrol_stats_get(struct labyrinth_patrol_stats *stats);

/* --- what it looks for (labyrinth_patrol_look.c) ------------------------------------ */

/* Frames that are remembered until they are seen a second time, for each pool. */
#define LABYRINTH_SUSPECTS 4096
/* Findings of one part of a pool; what is more is found in the next one. */
#define LABYRINTH_FINDINGS 8

struct labyrinth_suspect {
	uint32_t index; /* the frame's, plus one; 0: none */
	uint32_t round; /* when it was seen last */
	uint64_t since; /* and first, in nanoseconds */
	uint64_t state; /* who has it, or in what state it is free: must be the same again */
	bool told;
};

/* A frame that an overflow has met. */
struct labyrinth_hit {
	uint32_t index; /* the frame's, plus one; 0: none */
	uint32_t round; /* of the latest one */
	bool over;      /* it went on over what lies in the frame */
};

/* Frames of this kind that are remembered for a round, for each pool. */
#define LABYRINTH_HITS 1024

/* What is remembered of a pool between rounds. */
struct labyrinth_beat {
	const struct rte_mempool *mp;
	uint64_t born;
	uint32_t round;
	uint64_t aged;   /* when a round kept ages true last */
	bool ages;       /* this one does */
	bool unreadable; /* its memory went away */
	bool listed;     /* it is walked through in this round */
	bool last;       /* a last look, for overflows alone */
	bool leaving;    /* not in EAL's list any more, but still there */
	struct labyrinth_hit hit[LABYRINTH_HITS];
	uint32_t out[LABYRINTH_HITS]; /* frames out of circulation that were met, plus one */
	struct labyrinth_suspect suspect[LABYRINTH_SUSPECTS];
};

/* One part's findings. */
struct labyrinth_findings {
	uint64_t told_ns;                     /* CPU that their reports took */
	struct labyrinth_violation violation; /* the one in the making */
	/* For the application, which may free the pool before it is told of all. */
	struct rte_labyrinth_violation told[LABYRINTH_FINDINGS];
	unsigned int n;
};

/* Another round through a pool begins. */
void
labyrinth_patrol_round(struct labyrinth_beat *beat);

/*
 * Look at some frames of a pool, from one on. What is found is told in reports at once
 * and, where the process goes on, mended so that it is not found again. Tells how
 * many frames were looked at.
 */
uint32_t
labyrinth_patrol_look(struct labyrinth_beat *beat, uint32_t from, uint32_t most,
                      struct labyrinth_findings *findings);

/* --- which pools (labyrinth_patrol_pools.c); by who has the turn ------------------------ */

/* The pool if it is one of ours, complete and to be looked at. */
const struct labyrinth_pool *
labyrinth_patrolled(const struct rte_mempool *mp);

/* How many there are; notes for each, new ones for new pools; the shortest round asked for. */
unsigned int
labyrinth_beats_list(uint64_t *round_ns);

/* The notes of the next one of them, after NULL of the first; NULL after the last. */
struct labyrinth_beat *
labyrinth_beat_next(struct labyrinth_beat *beat);

/* Is this pool still there? */
bool
labyrinth_beat_lives(const struct labyrinth_beat *beat);

/* The notes of a pool, for a last look; fresh ones if there are none; NULL if there is no place. */
struct labyrinth_beat *
labyrinth_beat_take(const struct rte_mempool *mp);

/* Its pool is gone. */
void
labyrinth_beat_drop(struct labyrinth_beat *beat);

#endif /* LABYRINTH_PATROL_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_VIOLATION_H
#define LABYRINTH_VIOLATION_H

/**
 * @file
 * Violations: what the labyrinth tells when a frame's exclusivity is broken.
 */

#include "labyrinth.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What was broken. */
enum labyrinth_violation_kind {
	LABYRINTH_DOUBLE_FREE,      /**< a frame was put which is free already */
	LABYRINTH_NEVER_ALLOCATED,  /**< a frame was put which nobody ever got */
	LABYRINTH_DOUBLE_ALLOC,     /**< a frame about to be got is owned */
	LABYRINTH_FOREIGN,          /**< a pointer to memory that holds no frame */
	LABYRINTH_INTERIOR,         /**< a pointer into a frame, or misaligned */
	LABYRINTH_HEADER,           /**< a frame's header was overwritten */
	LABYRINTH_CANARY,           /**< memory behind a frame was overwritten */
	LABYRINTH_WRITE_AFTER_FREE, /**< a free frame was written to */
	LABYRINTH_NO_EXIT,          /**< a page allocation found no page */
	LABYRINTH_NO_ROOM,          /**< no room left for a frame that was put */
	LABYRINTH_LOST,             /**< an owned buffer that its owner cannot put any more */
};

/** Number of kinds. */
#define LABYRINTH_VIOLATION_KINDS (LABYRINTH_LOST + 1)

/** A lane looks at the clock once in so many calls: by as many an age may be off. */
#define LABYRINTH_AGE_CALLS 256

/** It is not kept when a frame was got, once it has been put. */
#define LABYRINTH_AGE_UNKNOWN UINT64_MAX

/** Who moved a frame, and when. */
struct labyrinth_mover {
	bool known;    /**< false: it never happened */
	uint32_t pid;  /**< process, low 22 bits */
	uint32_t lane; /**< lcore id, or LABYRINTH_LANE_ANY */
	uint64_t age;  /**< nanoseconds ago, or LABYRINTH_AGE_UNKNOWN; see labyrinth_age_grain() */
};

/** A move of a frame, as noted with LABYRINTH_F_TRACE; with LABYRINTH_F_SAMPLE the put of a watched
 * one. */
struct labyrinth_move {
	bool put;         /**< given back, not taken */
	const void *site; /**< place in the program */
	/** Who called the function there: a place too, or NULL when that is not known. */
	const void *caller;
	struct labyrinth_mover by; /**< who and when */
};

/**
 * The latest moves of a frame, newest first. Thread-safe; what is moving just
 * now may be missed.
 *
 * @param lab
 *   The labyrinth.
 * @param frame
 *   A frame of it; anything else is undefined.
 * @param moves
 *   Filled in; owned by the caller.
 * @param most
 *   Room there.
 * @return
 *   How many were filled in; without LABYRINTH_F_TRACE at most the put of a free frame that
 *   is watched.
 */
uint32_t
labyrinth_moves(const labyrinth_t *lab, const void *frame, struct labyrinth_move *moves,
                uint32_t most);

/**
 * A violation as seen. Valid during the call of the handler only. What it tells
 * of who moved the frame is out of reach of overflows.
 */
struct labyrinth_violation {
	enum labyrinth_violation_kind kind; /**< what was broken */
	const labyrinth_t *lab;             /**< where */
	const void *frame;                  /**< the pointer at fault */
	const void *nearest;                /**< the frame it points into, or NULL */
	const void *before;                 /**< the frame in front of that one, or NULL */
	const void *at;                     /**< first bad byte, or NULL */
	size_t bad;                         /**< bytes known to be bad from there on */
	size_t frame_len;                   /**< bytes of a frame */
	struct labyrinth_mover got;         /**< who got the frame last */
	struct labyrinth_mover put;         /**< who put the frame last */
	struct labyrinth_mover before_got;  /**< who got the frame in front last */
	uint32_t lane;                      /**< who tripped over it */
	bool by_patrol;                     /**< found by a look at all frames, not by a call */
	bool underflow;                     /**< LABYRINTH_HEADER: what is in front is whole */
	bool stop;                          /**< the process stops after the handler */
};

/**
 * Told of violations, by the thread that tripped: maybe several at a time, for
 * pages maybe in a signal handler. Must not call back into the labyrinth.
 */
typedef void
labyrinth_violation_fn(const struct labyrinth_violation *violation);

/**
 * Set who is told of violations in this process. Thread-safe.
 *
 * @param fn
 *   The handler, or NULL for none.
 */
void
labyrinth_violation_handler(labyrinth_violation_fn *fn);

/** The kind in words, lower case. Thread-safe. */
const char *
labyrinth_violation_name(enum labyrinth_violation_kind kind);

/** Nanoseconds by which an age may be off while a lane is busy. */
uint64_t
labyrinth_age_grain(void);

/**
 * The one function that stops the process, by SIGABRT, after a violation.
 *
 * @param message
 *   Written to standard error.
 */
void __attribute__((noreturn, cold, noinline)) labyrinth_violation_stop(const char *message);

#ifdef __cplusplus
}
#endif

#endif /* LABYRINTH_VIOLATION_H */

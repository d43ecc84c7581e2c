/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_HELD_H
#define LABYRINTH_HELD_H

/*
 * Frames that programs hold: how many, whose, since when, from which place in the
 * program, where the option trace notes that.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mempool.h>

#include "labyrinth_violation.h"

/* Groups that are told apart: more than anybody tells of, so that the largest are among them. */
#define LABYRINTH_HELD_GROUPS 512

/* Frames that one lane of one process got at one place. */
struct labyrinth_held_group {
	const void *site; /* the program's own, not one in DPDK; NULL: it is not known */
	uint32_t lane;
	uint32_t pid;
	uint32_t frames;
	uint64_t oldest; /* nanoseconds */
};

struct labyrinth_held {
	uint32_t frames;   /* all that are held */
	uint32_t groups;   /* of these */
	uint32_t unlisted; /* frames of groups beyond the list, or of nobody knows whom */
	const void *oldest;
	uint64_t oldest_age;                                      /* nanoseconds */
	struct labyrinth_held_group group[LABYRINTH_HELD_GROUPS]; /* the largest first */
};

/* A frame that is held. */
struct labyrinth_held_frame {
	const void *frame;
	const void *site; /* as of its group */
	struct labyrinth_mover by;
};

/* Told of each of them. */
typedef void
labyrinth_held_fn(const struct labyrinth_held_frame *frame, void *arg);

/*
 * Find them, as they are now. What pools without seals hold is a number only. fn is
 * told of each frame; NULL: nobody is. Not for signal handlers.
 */
void
labyrinth_held_find(const struct rte_mempool *mp, struct labyrinth_held *held,
                    labyrinth_held_fn *fn, void *arg);

/* Frames that are in none of the `most` largest groups. */
uint32_t
labyrinth_held_others(const struct labyrinth_held *held, uint32_t most);

/*
 * A place in words, as labyrinth_place_short(); one of another process cannot be
 * resolved. Empty for NULL. Tells whether file and line are known.
 */
bool
labyrinth_held_place(const void *site, uint32_t pid, char *text, size_t len);

/* Log all of it in one line: "pool NAME: WHAT 12 frames: ...". */
void
labyrinth_held_log(const struct rte_mempool *mp, const char *what,
                   const struct labyrinth_held *held);

/* Have pools with leaks=on tell what is held when the process ends. */
void
labyrinth_leaks_watch(void);

#endif /* LABYRINTH_HELD_H */

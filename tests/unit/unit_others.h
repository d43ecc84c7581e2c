/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef UNIT_OTHERS_H
#define UNIT_OTHERS_H

/*
 * What the others do while somebody is held in the middle of a call: some of
 * everything, so many calls and no more. Every frame carries the mark of who owns
 * it, so that one handed out twice is seen whatever the labyrinth itself checks.
 */

#include "unit.h"

struct unit_others {
	struct unit_lab *u;
	const uint32_t *lanes; /* by which they work, in turn */
	uint32_t lane_count;
	void **mine; /* the frames they own; room for all */
	uint32_t have;
	uint32_t turn;
	uint32_t least;    /* frames that can always be got, whoever is held */
	uint32_t drained;  /* fewest frames that could be got so far */
	uint64_t calls;    /* made so far */
	const char *wrong; /* what was not as it should be, NULL if all was */
};

/* False when out of memory; u is shared. */
bool
unit_others_make(struct unit_others *others, struct unit_lab *u, const uint32_t *lanes,
                 uint32_t lane_count);

void
unit_others_drop(struct unit_others *others);

/*
 * Put a mark on frames that have just been got, or take it off before they are put.
 * False when another one was there.
 */
bool
unit_mark(void *const *frames, uint32_t n, uint32_t who);

bool
unit_unmark(void *const *frames, uint32_t n, uint32_t who);

/* Some of everything, with all put back in the end if `back`. False: see wrong. */
bool
unit_others_go(struct unit_others *others, bool back);

/* Put back what they still have. */
bool
unit_others_put_back(struct unit_others *others);

/*
 * Nobody is in a call, and all lanes have been left: is each frame there, once, apart from
 * those out of circulation?
 */
bool
unit_others_all_there(struct unit_others *others);

#endif /* UNIT_OTHERS_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Frames that programs own: those of dead ones are put, those passed on to another
 * process become its own.
 */

#include <errno.h>

#include "lane.h"
#include "labyrinth_recover.h"

/* Become the owner of a frame whose owner is dead; only one can. */
static bool
claim(_Atomic uint64_t *word, uint64_t seen, uint64_t own)
{
	uint64_t mine = (seen >> LAB_PLACE_MOVE << LAB_PLACE_MOVE) | own;

	/* @atomic word-claim: pairs word-write. Else: two put the frame. */
	return atomic_compare_exchange_strong_explicit(word, &seen, mine, memory_order_acq_rel,
	                                               memory_order_relaxed);
}

/* A lane that a dead process left must not bring back its name: ids of processes return. */
static void
lanes_forget(struct labyrinth *lab, uint32_t who)
{
	uint32_t i;

	for (i = 0; i < lab->lane_count; i++) {
		if (lab_own_who(lab->lanes[i].own) != who)
			continue;
		/* @atomic key-clear: pairs key-look. Else: a torn key passes for ours. */
		atomic_store_explicit(&lab->lanes[i].key, 0, memory_order_relaxed);
	}
}

/* Names that nobody needs any more can be had by others. */
static void
drop_gone(struct labyrinth *lab, labyrinth_gone_fn *gone, void *arg, const bool *in_use)
{
	uint32_t pid;
	uint32_t lane;
	uint32_t i;

	for (i = 1; i < LAB_WHO_OTHERS; i++) {
		lab_who_read(lab, i, &pid, &lane);
		if (in_use[i] || pid == 0 || !gone(pid, arg))
			continue;
		lanes_forget(lab, i);
		/* @atomic who-drop: pairs who-look, who-read. Else: a torn name. */
		atomic_store_explicit(&lab->who[i], 0, memory_order_relaxed);
	}
}

int
labyrinth_reclaim(labyrinth_t *lab, labyrinth_gone_fn *gone, void *arg, uint32_t lane,
                  struct labyrinth_recovery *found)
{
	bool in_use[LAB_WHOS] = {false};
	uint64_t own;
	uint32_t pid;
	uint32_t of;
	uint32_t i;

	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return -ENOTSUP;
	own = lab_own_of(lab, lab_process_id(), lane < lab->owns ? lab->own[lane].id : UINT32_MAX);
	for (i = 0; i < lab->frames; i++) {
		_Atomic uint64_t *word = lab_id_word(lab, i);
		uint64_t seen = lab_word_read(word);

		if (!lab_word_owned(seen)) {
			/* Reports tell these, too. */
			in_use[lab_word_got(seen)] = true;
			in_use[lab_word_putter(seen)] = true;
			continue;
		}
		lab_who_read(lab, lab_word_got(seen), &pid, &of);
		if (pid == 0 || !gone(pid, arg) || !claim(word, seen, own)) {
			in_use[lab_word_got(seen)] = true;
			continue;
		}
		labyrinth_put(lab, lane, &lab->table[i], 1);
		found->reclaimed++;
	}
	drop_gone(lab, gone, arg, in_use);
	return 0;
}

int
labyrinth_hand_over(labyrinth_t *lab, uint32_t lane, uint32_t pid, void *const *frames, uint32_t n)
{
	uint64_t own;
	uint32_t i;

	if (lane >= lab->owns && lane != LABYRINTH_LANE_ANY)
		return -EINVAL;
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return 0;
	own = lab_own_of(lab, pid, lane < lab->owns ? lab->own[lane].id : UINT32_MAX);
	for (i = 0; i < n; i++) {
		uint64_t place = lab_place(lab, frames[i]);
		_Atomic uint64_t *word;
		uint64_t seen;

		if (place == LAB_NO_PLACE)
			return -EINVAL;
		word = lab_place_word(&lab->find, place);
		seen = lab_word_read(word);
		if (!lab_word_owns(seen, place) || !claim(word, seen, own))
			return -EINVAL;
	}
	return 0;
}

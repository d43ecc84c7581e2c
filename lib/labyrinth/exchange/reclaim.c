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

/*
 * Become the owner of this frame, which somebody owns who is dead, or passes it on; only one
 * can. It must not have been put meanwhile, nor got again.
 */
static bool
claim(struct lab_word *word, const void *frame, uint32_t got, uint32_t own)
{
	const uint32_t seen = got;

	/* @atomic got-claim: pairs got-write, got-read, got-age. Else: two put the frame. */
	while (!atomic_compare_exchange_weak_explicit(&word->got, &got, own, memory_order_acq_rel,
	                                              memory_order_relaxed)) {
		/* The patrol may have noted that this was long ago. */
		if (got != seen && got != lab_own_old(seen))
			return false;
	}
	return lab_word_owns(lab_word_look(word), frame) && lab_word_got(word) == own;
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
	uint32_t own;
	uint32_t pid;
	uint32_t of;
	uint32_t i;

	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return -ENOTSUP;
	own = lab_own_of(lab, lab_process_id(), lane < lab->owns ? lab->own[lane].id : UINT32_MAX);
	for (i = 0; i < lab->frames; i++) {
		struct lab_word *word = lab_id_word(lab, i);
		uint64_t state = lab_word_look(word);
		uint32_t got = lab_word_got(word);

		if (!lab_word_owned(state)) {
			/* Reports tell these, too. */
			in_use[lab_own_who(got)] = true;
			in_use[lab_own_who(lab_word_putter(state))] = true;
			continue;
		}
		lab_who_read(lab, lab_own_who(got), &pid, &of);
		if (pid == 0 || !gone(pid, arg) || !claim(word, lab->table[i], got, own)) {
			in_use[lab_own_who(got)] = true;
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
	uint32_t own;
	uint32_t i;

	if (lane >= lab->owns && lane != LABYRINTH_LANE_ANY)
		return -EINVAL;
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return 0;
	own = lab_own_of(lab, pid, lane < lab->owns ? lab->own[lane].id : UINT32_MAX);
	for (i = 0; i < n; i++) {
		struct lab_word *word = lab_word_of(lab, frames[i]);

		if (word == NULL || !lab_word_owns(lab_word_look(word), frames[i]) ||
		    !claim(word, frames[i], lab_word_got(word), own))
			return -EINVAL;
	}
	return 0;
}

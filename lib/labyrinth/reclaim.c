/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Frames that programs own: those of dead ones are put, those passed on to another
 * process become its own.
 */

#include <errno.h>

#include "lane.h"
#include "recover.h"

/* Become the owner of a frame whose owner is dead; only one can. */
static bool
claim(struct lab_deeds *deeds, uint64_t got, uint64_t record)
{
	/* @atomic got-claim: pairs got-write. Else: two put the frame. */
	return atomic_compare_exchange_strong_explicit(&deeds->got, &got, record,
	                                               memory_order_acq_rel, memory_order_relaxed);
}

int
labyrinth_reclaim(labyrinth_t *lab, labyrinth_gone_fn *gone, void *arg, uint32_t lane,
                  struct labyrinth_recovery *found)
{
	const struct lab_lane none = {.id = UINT32_MAX};
	uint64_t record;
	uint32_t i;

	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return -ENOTSUP;
	record = lab_record_now(lane < lab->owns ? &lab->own[lane] : &none);
	for (i = 0; i < lab->frames; i++) {
		struct lab_deeds *deeds = &lab->deeds[i];
		uint64_t got = lab_deeds_got(deeds);

		if (got == 0 || !lab_deeds_owned(deeds) || !gone(lab_got_pid(got), arg) ||
		    !claim(deeds, got, record))
			continue;
		labyrinth_put(lab, lane, &lab->table[i], 1);
		found->reclaimed++;
	}
	return 0;
}

int
labyrinth_hand_over(labyrinth_t *lab, uint32_t lane, uint32_t pid, void *const *frames, uint32_t n)
{
	const struct lab_lane none = {.id = UINT32_MAX};
	const struct lab_gate gate = lab_gate(lab);
	uint64_t record;
	uint32_t i;

	if (lane >= lab->owns && lane != LABYRINTH_LANE_ANY)
		return -EINVAL;
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return 0;
	record = lab_record_of(lane < lab->owns ? &lab->own[lane] : &none, pid);
	for (i = 0; i < n; i++) {
		uint32_t id;

		if (!lab_gate_pass(&gate, frames[i], &id)) {
			id = lab_id_of(lab, frames[i]);
			if (id == LAB_NO_ID || !lab_deeds_owned(&lab->deeds[id]))
				return -EINVAL;
		}
		lab_deeds_got_set(&lab->deeds[id], record);
	}
	return 0;
}

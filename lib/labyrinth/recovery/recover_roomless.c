/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Roomless frames on their way: their words say that they are in no room, but no place has
 * them. Who moves such frames says so in its lane's intent, then counts that, then does it.
 * So while only the dead do and the count stays the same, such frames are theirs.
 */

#include "recover.h"
#include "roomless.h"

/* Moved meanwhile, all is to be looked at again, so many times. */
#define TRIES 100

/*
 * A read-modify-write of nothing: whoever counts after it writes after all that was
 * read before it.
 */
static uint64_t
roomless_moves(struct labyrinth *lab)
{
	/* @atomic roomless-moves: pairs roomless-stir. Else: a frame on its way is taken for lost.
	 */
	return atomic_fetch_add_explicit(&lab->roomless_moves, 0, memory_order_seq_cst);
}

/* Returns false when such frames moved meanwhile. */
static bool
place_lost(struct labyrinth *lab, uint64_t moves, struct labyrinth_recovery *found)
{
	uint32_t i;

	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return true;
	for (i = 0; i < lab->frames; i++) {
		if (!lab_word_is_in(lab_word_read(lab_id_word(lab, i)), LAB_ROOMLESS) ||
		    lab_roomless_has(lab, i))
			continue;
		if (roomless_moves(lab) != moves)
			return false;
		if (lab_roomless_put(lab, lab->table[i]))
			found->frames++;
	}
	return true;
}

/* The dead may have counted what they did not do. Returns false when such frames moved meanwhile.
 */
static bool
count_again(struct labyrinth *lab, uint64_t moves)
{
	uint32_t counted = lab_roomless_count(lab);
	uint32_t n = lab_roomless_found(lab);

	return roomless_moves(lab) == moves && lab_roomless_correct(lab, counted, n);
}

bool
lab_recover_roomless(struct labyrinth *lab, const struct lab_dead *dead,
                     struct labyrinth_recovery *found)
{
	uint32_t tries;

	for (tries = 0; tries < TRIES; tries++) {
		uint64_t moves = roomless_moves(lab);

		if (lab_may_be_on_stack(lab, dead) ||
		    lab_seek_lanes(lab, dead, LAB_ROOMLESS) != LAB_HELD)
			return false;
		if (place_lost(lab, moves, found) && count_again(lab, moves))
			return true;
	}
	return false;
}

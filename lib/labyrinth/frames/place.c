/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Which place an address has, and which frame is near. */

#include "word.h"

/* The piece that has this address, or NULL. */
static const struct lab_region *
piece_of(const struct lab_region *pieces, uint32_t n, uintptr_t at)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (at - pieces[i].base < pieces[i].len)
			return &pieces[i];
	}
	return NULL;
}

bool
lab_is_declared(const struct labyrinth *lab, const void *frame)
{
	uintptr_t header = (uintptr_t)frame - LABYRINTH_HEADER_LEN;

	if (!lab_is_aligned(frame) || lab_place(lab, frame) == LAB_NO_PLACE)
		return false;
	if (piece_of(lab->near_piece, lab->nears, header) != NULL ||
	    piece_of(lab->region, lab->regions, header) != NULL)
		return true;
	return (lab->window || lab->nears == LAB_REGIONS_MAX) && lab_slot_is_open(lab, header);
}

uint64_t
lab_far_place(const struct labyrinth *lab, const void *at)
{
	uintptr_t header = (uintptr_t)at - LABYRINTH_HEADER_LEN;
	const struct lab_region *region = piece_of(lab->region, lab->regions, header);

	return region != NULL ? region->place + (header - region->base) : LAB_NO_PLACE;
}

/* The piece of memory that this address is in, as far as that is known; else an empty one. */
static struct lab_region
memory_of(const struct labyrinth *lab, uintptr_t at)
{
	const struct lab_region *piece;

	if (lab->window)
		return (struct lab_region){.base = at & ~(uintptr_t)(LABYRINTH_SLOT_SIZE - 1),
		                           .len = LABYRINTH_SLOT_SIZE};
	piece = piece_of(lab->near_piece, lab->nears, at);
	if (piece == NULL)
		piece = piece_of(lab->region, lab->regions, at);
	return piece != NULL ? *piece : (struct lab_region){0};
}

uintptr_t
lab_memory_end(const struct labyrinth *lab, uintptr_t frame)
{
	struct lab_region memory = memory_of(lab, frame);

	return memory.base + memory.len;
}

/*
 * Looks for the nearest frame, at most: cells may be larger than a slot, with gaps between, and
 * each border of a slot is looked at, since cells need not go on there as they were.
 */
static uint64_t
looks_most(const struct labyrinth *lab)
{
	return (2 * (LABYRINTH_SLOT_SIZE + (uint64_t)lab->frame_len) >> lab->cell_shift) + 8;
}

/* The id of the frame that begins in the cell of this address. */
static uint32_t
id_at(const struct labyrinth *lab, uintptr_t at)
{
	const uint32_t *id = lab_id_at(lab, (const void *)at);

	return id != NULL ? *id : LAB_NO_ID;
}

/* The address to look at after this one, downwards. */
static uintptr_t
step_down(const struct labyrinth *lab, uintptr_t at)
{
	uintptr_t border = at & ~(uintptr_t)(LABYRINTH_SLOT_SIZE - 1);
	uintptr_t cell = (uintptr_t)1 << lab->cell_shift;

	if (at == border)
		return at - 1;
	return at - border > cell ? at - cell : border;
}

/* The same, upwards. */
static uintptr_t
step_up(const struct labyrinth *lab, uintptr_t at)
{
	uintptr_t border = (at | (LABYRINTH_SLOT_SIZE - 1)) + 1;
	uintptr_t cell = (uintptr_t)1 << lab->cell_shift;

	return border - at > cell ? at + cell : border;
}

uint32_t
lab_id_before(const struct labyrinth *lab, uintptr_t at)
{
	uintptr_t begin = memory_of(lab, at).base;
	uint64_t left = looks_most(lab);
	uintptr_t step = at;

	if (lab_place(lab, (const void *)at) == LAB_NO_PLACE)
		return LAB_NO_ID;
	for (; left > 0; left--) {
		uint32_t id = id_at(lab, step);

		/* It may lie in other memory. */
		if (id != LAB_NO_ID && (uintptr_t)lab->table[id] <= at)
			return lab_memory_end(lab, (uintptr_t)lab->table[id]) ==
			                       lab_memory_end(lab, at)
			               ? id
			               : LAB_NO_ID;
		if (step <= begin)
			break;
		step = step_down(lab, step);
	}
	return LAB_NO_ID;
}

uint32_t
lab_id_after(const struct labyrinth *lab, uintptr_t at)
{
	uintptr_t end = lab_memory_end(lab, at);
	uint64_t left = looks_most(lab);
	uintptr_t step = at;

	for (; left > 0; left--) {
		uint32_t id = id_at(lab, step < end ? step : end - 1);

		if (id != LAB_NO_ID && (uintptr_t)lab->table[id] > at)
			return (uintptr_t)lab->table[id] < end ? id : LAB_NO_ID;
		if (step >= end)
			break;
		step = step_up(lab, step);
	}
	return LAB_NO_ID;
}

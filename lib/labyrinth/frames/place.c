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
lab_place(const struct labyrinth *lab, const void *at)
{
	uintptr_t header = (uintptr_t)at - LABYRINTH_HEADER_LEN;
	const struct lab_region *region;

	if (lab_slot_is_open(lab, (uintptr_t)at))
		return lab_slot_of(lab, (uintptr_t)at)->place + (uintptr_t)at % LABYRINTH_SLOT_SIZE;
	region = piece_of(lab->region, lab->regions, header);
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

/* Cells to look at for the nearest frame: they may be larger than a slot, with gaps between. */
static uint64_t
cells_near(const struct labyrinth *lab)
{
	return 2 * (LABYRINTH_SLOT_SIZE + (uint64_t)lab->frame_len) >> lab->cell_shift;
}

/* The id of the frame that begins in the cell of this address. */
static uint32_t
id_at(const struct labyrinth *lab, uintptr_t at)
{
	uint64_t place = lab_place(lab, (const void *)at);

	return place != LAB_NO_PLACE ? *lab_cell_id(lab, lab_cell(lab, place)) : LAB_NO_ID;
}

uint32_t
lab_id_before(const struct labyrinth *lab, uintptr_t at)
{
	uintptr_t begin = memory_of(lab, at).base;
	uint64_t most = cells_near(lab);
	uintptr_t step = at;
	uint64_t i;

	if (lab_place(lab, (const void *)at) == LAB_NO_PLACE)
		return LAB_NO_ID;
	for (i = 0; i < most; i++) {
		uint32_t id = id_at(lab, step);

		/* It may lie in other memory. */
		if (id != LAB_NO_ID && (uintptr_t)lab->table[id] <= at)
			return lab_memory_end(lab, (uintptr_t)lab->table[id]) ==
			                       lab_memory_end(lab, at)
			               ? id
			               : LAB_NO_ID;
		if (step == begin)
			break;
		step = step - begin > 1ull << lab->cell_shift ? step - (1ull << lab->cell_shift)
		                                              : begin;
	}
	return LAB_NO_ID;
}

uint32_t
lab_id_after(const struct labyrinth *lab, uintptr_t at)
{
	uintptr_t end = lab_memory_end(lab, at);
	uintptr_t cell_len = (uintptr_t)1 << lab->cell_shift;
	uint64_t most = cells_near(lab);
	uint64_t i;

	for (i = 0; i < most && at + i * cell_len < end + cell_len; i++) {
		uintptr_t step = at + i * cell_len;
		uint32_t id = id_at(lab, step < end ? step : end - 1);

		if (id != LAB_NO_ID && (uintptr_t)lab->table[id] > at)
			return (uintptr_t)lab->table[id] < end ? id : LAB_NO_ID;
	}
	return LAB_NO_ID;
}

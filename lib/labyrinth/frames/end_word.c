/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "end_word.h"

/* The end of the piece that has this address, or 0. */
static uintptr_t
piece_end(const struct lab_region *pieces, uint32_t n, uintptr_t at)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (at - pieces[i].base < pieces[i].len)
			return pieces[i].base + pieces[i].len;
	}
	return 0;
}

uintptr_t
lab_memory_end(const struct labyrinth *lab, uintptr_t frame)
{
	uintptr_t end;

	if (lab->window)
		return (frame | (LABYRINTH_SLOT_SIZE - 1)) + 1;
	end = piece_end(lab->near_piece, lab->nears, frame);
	return end != 0 ? end : piece_end(lab->region, lab->regions, frame);
}

LAB_GLANCE uint64_t
lab_glance(uintptr_t at)
{
	uint64_t word;

	__builtin_memcpy(&word, (const void *)at, sizeof(word));
	return word;
}

uint64_t
lab_end_wanted(const struct labyrinth *lab, uintptr_t frame)
{
	const void *next = (const void *)(lab_frame_end(lab, frame) + LABYRINTH_HEADER_LEN);

	return lab_id_of(lab, next) != LAB_NO_ID ? lab_seal_of(lab, next)
	                                         : lab_canary_of(lab, (const void *)frame);
}

void
lab_end_lay(const struct labyrinth *lab, uintptr_t frame)
{
	uint64_t word = lab_end_wanted(lab, frame);

	memcpy((void *)lab_frame_end(lab, frame), &word, sizeof(word));
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "end_word.h"

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

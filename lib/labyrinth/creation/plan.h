/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_PLAN_H
#define LAB_PLAN_H

/* How much memory a labyrinth takes, and where in it each part lies. */

#include "labyrinth_private.h"

struct lab_plan {
	uint32_t processes;
	uint32_t lanes;
	uint32_t rooms;
	uint32_t cell_shift;
	uint32_t word_shift;
	uint64_t memory_len;
	uint64_t places; /* bytes that have cells */
	uint64_t slots;  /* entries of the table of slots: a power of two */
	uint64_t cells;  /* one more slot included: of walls */
	uint64_t words_len;
	size_t lanes_at;
	size_t rooms_at;
	size_t table_at;
	size_t words_at;
	size_t ids_at;
	size_t slots_at;
	size_t slot_at;
	size_t roomless_at;
	size_t version_at;
	size_t slot_page_at;
	size_t dice_at;
	size_t watch_at;
	size_t notes_at;
	size_t fails_at;
	size_t len;
};

/* False when these parameters are not valid. */
bool
lab_plan_make(const struct labyrinth_params *params, struct lab_plan *plan);

#endif /* LAB_PLAN_H */

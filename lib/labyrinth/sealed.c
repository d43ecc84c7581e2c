/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "sealed.h"

uint32_t
lab_own_while_good(const struct labyrinth *lab, const uint32_t *ids, uint32_t n, uint32_t number,
                   uint64_t record, void **frames)
{
	struct lab_deeds *const deeds = lab->deeds;
	void *const *const table = lab->table;
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint32_t id = ids[i];

		if (lab_unlikely(!lab_deeds_in(&deeds[id], number)))
			break;
		lab_deeds_own(&deeds[id], record);
		frames[i] = table[id];
	}
	return i;
}

uint32_t
lab_free_while_good(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put,
                    uint32_t *ids)
{
	const struct lab_gate gate = lab_gate(lab);
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint32_t id;

		if (lab_unlikely(!lab_gate_pass(&gate, frames[i], &id)))
			break;
		lab_deeds_put_set(&gate.deeds[id], put);
		ids[i] = id;
	}
	return i;
}

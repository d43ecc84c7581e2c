/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "own.h"
#include "sealed.h"

uint32_t
lab_own_while_good(const struct labyrinth *lab, const uint32_t *ids, uint32_t n, uint32_t in,
                   uint64_t record, void **frames)
{
	return lab_own_frames(lab, ids, n, in, record, frames);
}

uint32_t
lab_free_singly_while_good(const struct labyrinth *lab, void *const *frames, uint32_t n,
                           uint32_t done, uint64_t put, uint32_t *ids)
{
	const struct lab_gate gate = lab_gate(lab);
	size_t i;

	for (i = done; i < n; i++) {
		uint32_t id;

		if (lab_unlikely(!lab_gate_pass(&gate, frames[i], &id)))
			break;
		lab_deeds_put_set(&gate.deeds[id], put);
		lab_id_note(&ids[i], id);
	}
	return (uint32_t)i;
}

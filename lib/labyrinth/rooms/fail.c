/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "fail.h"
#include "seal.h"

/*
 * Which of a group of gets fails: drawn for each group, since a program that
 * makes its calls in rounds would have the same one of them fail every time.
 */
static uint64_t
group_pick(const struct labyrinth *lab, uint32_t index, uint64_t group)
{
	return lab_fold(group ^ (uint64_t)index << 48 ^ lab->key[0], lab->key[1]) % lab->fail;
}

bool
lab_fail_due(struct labyrinth *lab, uint32_t lane)
{
	/* Threads without a lane share the first count. */
	uint32_t index = lane < lab->owns ? lane + 1 : 0;
	uint64_t turn;

	if ((lab->flags & LABYRINTH_F_FAIL) == 0)
		return false;
	/* @atomic fail-turn: pairs fail-turn, fail-read. Else: two gets have the same turn. */
	turn = atomic_fetch_add_explicit(&lab->fails[index].turns, 1, memory_order_relaxed);
	return turn % lab->fail == group_pick(lab, index, turn / lab->fail);
}

uint64_t
lab_fail_sum(const struct labyrinth *lab)
{
	uint64_t sum = 0;
	uint32_t i;

	if ((lab->flags & LABYRINTH_F_FAIL) == 0)
		return 0;
	for (i = 0; i <= lab->owns; i++) {
		uint64_t turns;

		/* @atomic fail-read: pairs fail-turn. Else: a torn number. */
		turns = atomic_load_explicit(&lab->fails[i].turns, memory_order_relaxed);
		sum += turns / lab->fail;
		sum += turns % lab->fail > group_pick(lab, i, turns / lab->fail);
	}
	return sum;
}

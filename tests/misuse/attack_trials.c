/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * One trial of each attack. Each returns whether harm was done that nobody was
 * told of.
 */

#include <stdlib.h>

#include "attack.h"

static void
detected_now(struct target *t)
{
	if (t->detected)
		return;
	t->detected = true;
	t->detected_at = t->ops;
}

/* The last objects of the pool may have somebody else's memory behind them. */
static void *
victim_get(struct target *t)
{
	void *victim = target_get(t);

	while (t->options == NULL && target_index(t, victim) + 4 > TARGET_MBUFS) {
		target_put(t, victim);
		victim = target_get(t);
	}
	t->ops = 0;
	return victim;
}

static bool
overflow(struct target *t, size_t size)
{
	uint8_t *victim = victim_get(t);
	struct wound wound;
	bool silent;

	if (!wound_make(t, &wound, victim + t->mp->elt_size, size)) {
		detected_now(t);
	} else {
		target_put(t, victim);
		target_live(t);
		target_turn_over(t);
	}
	silent = !t->detected && wound_touches_other(t, &wound, victim);
	wound_heal(t, &wound);
	return silent;
}

static bool
double_free(struct target *t, size_t size)
{
	void *victim = victim_get(t);

	(void)size;
	target_put(t, victim);
	t->ops = 0;
	rte_mempool_put(t->mp, victim);
	target_live(t);
	target_turn_over(t);
	return !t->detected && t->harmed;
}

/* The second free comes when somebody else has got the frame. */
static bool
double_free_of_reused(struct target *t, size_t size)
{
	void *victim = victim_get(t);
	void *again = NULL;

	(void)size;
	target_put(t, victim);
	while (again != victim)
		again = target_get(t);
	t->ops = 0;
	rte_mempool_put(t->mp, victim);
	target_live(t);
	target_turn_over(t);
	return !t->detected && t->harmed;
}

static bool
write_after_free(struct target *t, size_t size)
{
	uint8_t *victim = victim_get(t);
	struct wound wound;
	size_t offset;

	target_put(t, victim);
	t->ops = 0;
	t->victim = victim;
	offset = target_dice(t, t->mp->elt_size - size + 1);
	wound_make(t, &wound, victim + offset, size);
	target_live(t);
	target_turn_over(t);
	wound_heal(t, &wound);
	return t->harmed;
}

static bool
free_this(struct target *t, void *pointer)
{
	t->ops = 0;
	rte_mempool_put(t->mp, pointer);
	target_live(t);
	target_turn_over(t);
	return !t->detected && t->harmed;
}

static bool
foreign_free(struct target *t, size_t size)
{
	uint64_t local[32] = {0};
	void *memory = NULL;
	bool silent;

	(void)size;
	switch (target_dice(t, 4)) {
	case 0:
		return free_this(t, &local[16]);
	case 1:
		memory = malloc(4096);
		break;
	case 2:
		memory = aligned_alloc(64, 4096);
		break;
	default:
		if (rte_mempool_get(t->bystander, &memory) != 0)
			abort();
		silent = free_this(t, memory);
		rte_mempool_put(t->bystander, memory);
		return silent;
	}
	silent = free_this(t, (uint8_t *)memory + 128);
	free(memory);
	return silent;
}

static bool
interior_free(struct target *t, size_t size)
{
	uint8_t *victim = victim_get(t);

	(void)size;
	return free_this(t, victim + 1 + target_dice(t, t->mp->elt_size - 1));
}

const struct attack attacks[] = {
	{"overflow by 1 byte", 1, overflow, false, true, false},
	{"overflow by 8 bytes", 8, overflow, false, true, false},
	{"overflow by 64 bytes", 64, overflow, false, true, false},
	{"overflow by 128 bytes", 128, overflow, false, true, false},
	{"overflow by 2048 bytes", 2048, overflow, false, true, false},
	{"overflow by 4096 bytes", 4096, overflow, false, true, false},
	{"double free", 0, double_free, true, false, false},
	{"double free, reused", 0, double_free_of_reused, false, false, false},
	{"write after free, 1 byte", 1, write_after_free, false, false, true},
	{"write after free, 8 bytes", 8, write_after_free, false, false, true},
	{"foreign free", 0, foreign_free, true, false, false},
	{"interior free", 0, interior_free, true, false, false},
};

const unsigned int attack_count = RTE_DIM(attacks);

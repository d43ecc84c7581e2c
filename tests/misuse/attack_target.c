/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The application under attack, and wounds: writes that can be taken back.
 */

#include <string.h>

#include "attack.h"

#define HEADER 64

sigjmp_buf attack_fault;
volatile bool attack_fault_expected;

/* Dice of the test's own: trials must be the same in each kind of pool. */
uint64_t
target_dice(struct target *t, uint64_t below)
{
	t->dice ^= t->dice << 13;
	t->dice ^= t->dice >> 7;
	t->dice ^= t->dice << 17;
	return t->dice % below;
}

unsigned int
target_index(const struct target *t, const void *object)
{
	unsigned int low = 0;
	unsigned int high = TARGET_MBUFS;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if ((uintptr_t)t->all[middle] < (uintptr_t)object)
			low = middle + 1;
		else
			high = middle;
	}
	return low < TARGET_MBUFS && t->all[low] == object ? low : TARGET_MBUFS;
}

void *
target_get(struct target *t)
{
	unsigned int index;
	void *object;

	t->ops++;
	if (rte_mempool_get(t->mp, &object) != 0)
		return NULL;
	index = target_index(t, object);
	if (index == TARGET_MBUFS || t->is_held[index] || object == t->victim)
		t->harmed = true;
	if (index != TARGET_MBUFS)
		t->is_held[index] = true;
	t->held[t->holds++] = object;
	return object;
}

static void
forget(struct target *t, unsigned int slot)
{
	unsigned int index = target_index(t, t->held[slot]);

	if (index != TARGET_MBUFS)
		t->is_held[index] = false;
	t->held[slot] = t->held[--t->holds];
}

void
target_put(struct target *t, void *object)
{
	unsigned int slot = t->holds;
	void *two[2];

	while (slot > 0 && t->held[slot - 1] != object)
		slot--;
	if (slot > 0)
		forget(t, slot - 1);
	t->ops++;
	/* Guard looks at the header of the first of several that are put. */
	two[0] = object;
	rte_mempool_put_bulk(t->mp, two, rte_mempool_get(t->mp, &two[1]) == 0 ? 2 : 1);
}

void
target_live(struct target *t)
{
	unsigned int i;

	for (i = 0; i < TARGET_LIFE && !t->detected; i++) {
		if (t->holds > 0 && (t->holds > TARGET_HELD || target_dice(t, 2) == 0))
			target_put(t, t->held[target_dice(t, t->holds)]);
		else
			target_get(t);
	}
}

void
target_turn_over(struct target *t)
{
	while (!t->detected && t->holds < RTE_DIM(t->held) && target_get(t) != NULL)
		;
	while (!t->detected && t->holds > 0)
		target_put(t, t->held[t->holds - 1]);
	while (!t->detected && t->holds < TARGET_MBUFS && target_get(t) != NULL)
		;
}

/* Everything out, each object back once: what is none stays out. */
static void
sort_out(struct target *t)
{
	static void *out[2 * TARGET_MBUFS];
	unsigned int n = 0;
	unsigned int i;

	while (t->holds > 0) {
		out[n++] = t->held[t->holds - 1];
		forget(t, t->holds - 1);
	}
	while (n < RTE_DIM(out) && rte_mempool_get(t->mp, &out[n]) == 0)
		n++;
	for (i = 0; i < n; i++) {
		unsigned int index = target_index(t, out[i]);

		if (index == TARGET_MBUFS || t->is_held[index])
			continue;
		t->is_held[index] = true;
		rte_mempool_put(t->mp, out[i]);
	}
	memset(t->is_held, 0, sizeof(t->is_held));
}

void
target_heal(struct target *t)
{
	t->victim = NULL;
	if (!t->detected || t->harmed || t->options == NULL)
		sort_out(t);
	while (t->holds > TARGET_HELD)
		target_put(t, t->held[target_dice(t, t->holds)]);
	while (t->holds < TARGET_HELD && target_get(t) != NULL)
		;
}

bool
wound_make(struct target *t, struct wound *wound, void *at, size_t len)
{
	volatile uint8_t *byte = at;
	volatile size_t done = 0;
	bool through = true;

	wound->at = at;
	if (sigsetjmp(attack_fault, 1) == 0) {
		attack_fault_expected = true;
		for (; done < len; done++) {
			uint8_t was = byte[done];

			wound->before[done] = was;
			byte[done] = (uint8_t)(was ^ (1 + target_dice(t, 255)));
		}
	} else {
		through = false;
	}
	attack_fault_expected = false;
	wound->len = done;
	return through;
}

static bool
is_blamed(const struct target *t, const void *object)
{
	unsigned int i;

	for (i = 0; i < t->reports && i < RTE_DIM(t->blamed); i++) {
		if (t->blamed[i] == object)
			return true;
	}
	return false;
}

/* What is there now stays there. */
static void
keep(struct wound *wound, const uint8_t *from, const uint8_t *to)
{
	if (from < wound->at)
		from = wound->at;
	if (to > wound->at + wound->len)
		to = wound->at + wound->len;
	if (from < to)
		memcpy(&wound->before[from - wound->at], from, (size_t)(to - from));
}

/*
 * A quarantined frame keeps the seal that says so, and after a report DPDK's
 * links (8 to 24 bytes in front of an object) are new.
 */
void
wound_heal(const struct target *t, struct wound *wound)
{
	unsigned int i;

	for (i = 0; i < TARGET_MBUFS && t->reports > 0; i++) {
		const uint8_t *object = t->all[i];

		keep(wound, object - (is_blamed(t, object) ? HEADER : 24), object - 8);
	}
	memcpy(wound->at, wound->before, wound->len);
}

bool
wound_touches_other(const struct target *t, const struct wound *wound, const void *object)
{
	unsigned int i;

	for (i = 0; i < TARGET_MBUFS; i++) {
		const uint8_t *other = t->all[i];

		if (other != object && !t->is_lost[i] && wound->at < other + t->mp->elt_size &&
		    wound->at + wound->len > other - t->mp->header_size)
			return true;
	}
	return false;
}

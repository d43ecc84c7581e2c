/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Which memory may hold frames: the window of a maze, or pieces that EAL or
 * the application brought.
 */

#include <errno.h>
#include <string.h>

#include "seal.h"

/* The range of addresses that the data path knows. */
static void
set_range(struct labyrinth *lab, uintptr_t base, uintptr_t len)
{
	lab->entrance = base;
	lab->span = len;
	lab->first = base + LABYRINTH_HEADER_LEN;
	lab->lines = len / LAB_LINE;
	lab->wall_bits_hold = len <= (uintptr_t)LAB_WALL_BITS * LABYRINTH_SLOT_SIZE;
}

int
labyrinth_window(labyrinth_t *lab, void *entrance, uint32_t slots)
{
	if (slots == 0 || slots > lab->slots_max || (uintptr_t)entrance % LABYRINTH_SLOT_SIZE != 0)
		return -EINVAL;
	memset(lab->walls, 1, slots);
	memset(lab->wall_bits, 0xff, sizeof(lab->wall_bits));
	set_range(lab, (uintptr_t)entrance, (uintptr_t)slots * LABYRINTH_SLOT_SIZE);
	lab->region[0] = (struct lab_region){lab->entrance, lab->span, lab->walls};
	lab->regions = 1;
	return 0;
}

int
labyrinth_window_open(labyrinth_t *lab, uint32_t slot)
{
	if (slot >= lab->span / LABYRINTH_SLOT_SIZE)
		return -EINVAL;
	lab->walls[slot] = 0;
	if (slot < LAB_WALL_BITS)
		lab->wall_bits[slot / 64] &= ~(1ull << slot % 64);
	return 0;
}

static bool
touches(const struct lab_region *region, uintptr_t base, uintptr_t len)
{
	return region->walls == NULL && base <= region->base + region->len &&
	       region->base <= base + len;
}

static void
widen(struct lab_region *region, uintptr_t base, uintptr_t len)
{
	uintptr_t end = base + len;

	if (region->base + region->len > end)
		end = region->base + region->len;
	if (base < region->base)
		region->base = base;
	region->len = end - region->base;
}

/* The data path knows one range: the first region, as far as there are slots. */
static void
fast_range(struct labyrinth *lab)
{
	const struct lab_region *region = &lab->region[0];
	uintptr_t base = (region->base + LAB_LINE - 1) & ~(uintptr_t)(LAB_LINE - 1);
	uintptr_t most = (uintptr_t)lab->slots_max * LABYRINTH_SLOT_SIZE;
	uintptr_t end = region->base + region->len;
	uintptr_t len = end > base ? end - base : 0;

	if (region->walls != NULL)
		return;
	set_range(lab, base, (len < most ? len : most) & ~(uintptr_t)(LAB_LINE - 1));
}

int
labyrinth_cover(labyrinth_t *lab, void *base, size_t len)
{
	uintptr_t at = (uintptr_t)base;
	uint32_t i;

	if (len == 0 || at + len < at)
		return -EINVAL;
	for (i = 0; i < lab->regions; i++) {
		if (touches(&lab->region[i], at, len))
			break;
	}
	if (i == LAB_REGIONS_MAX) {
		/* The last one swallows the rest, and whatever lies between. */
		i--;
	}
	if (i == lab->regions)
		lab->region[lab->regions++] = (struct lab_region){at, len, NULL};
	else
		widen(&lab->region[i], at, len);
	fast_range(lab);
	return 0;
}

bool
lab_plausible_elsewhere(const struct labyrinth *lab, const void *frame)
{
	uintptr_t header = (uintptr_t)frame - LABYRINTH_HEADER_LEN;
	uint32_t i;

	if (header % LAB_LINE != 0)
		return false;
	for (i = 0; i < lab->regions; i++) {
		const struct lab_region *region = &lab->region[i];

		if (region->walls == NULL && header >= region->base &&
		    header - region->base < region->len)
			return true;
	}
	return false;
}

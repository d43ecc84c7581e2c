/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "arena.h"

#define STRIPES_SLOT 12

const uint32_t arena_open[3] = {1, 3, 4};

static uint8_t *entrance;

static void
make_memory(uint8_t *at, size_t len)
{
	if (mprotect(at, len, PROT_READ | PROT_WRITE) != 0) {
		perror("mprotect");
		exit(2);
	}
}

static void
arena_map(void)
{
	size_t slot = LABYRINTH_SLOT_SIZE;
	uint8_t *base = mmap(NULL, (ARENA_SLOTS + 2) * slot, PROT_NONE,
	                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint32_t i;

	if (base == MAP_FAILED) {
		perror("mmap");
		exit(2);
	}
	entrance = (uint8_t *)(((uintptr_t)base + 2 * slot - 1) & ~(uintptr_t)(slot - 1));
	for (i = 0; i < 3; i++)
		make_memory(arena_slot(arena_open[i]), slot);
	for (i = 0; i < ARENA_STRIPES; i++)
		make_memory(arena_stripe(i), ARENA_STRIPE);
}

uint8_t *
arena_entrance(void)
{
	if (entrance == NULL)
		arena_map();
	return entrance;
}

uint8_t *
arena_slot(uint32_t slot)
{
	return arena_entrance() + (size_t)slot * LABYRINTH_SLOT_SIZE;
}

uint8_t *
arena_stripe(uint32_t stripe)
{
	return arena_slot(STRIPES_SLOT) + (size_t)stripe * 2 * ARENA_STRIPE;
}

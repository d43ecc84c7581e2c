/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FUZZ_ARENA_H
#define FUZZ_ARENA_H

/*
 * Memory for frames, mapped once: slots of 2 MiB, few of which are memory, with
 * unmapped ones between them; and, in the last two, short stripes of memory with
 * holes as long between them. Whoever reads a wall or a hole ends there.
 */

#include <stdint.h>

#include "labyrinth.h"

#define ARENA_SLOTS   16
#define ARENA_STRIPES 128
#define ARENA_STRIPE  16384

/* Slots that are memory throughout. */
extern const uint32_t arena_open[3];

uint8_t *
arena_entrance(void);

uint8_t *
arena_slot(uint32_t slot);

uint8_t *
arena_stripe(uint32_t stripe);

#endif /* FUZZ_ARENA_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_EXCHANGE_ANY_H
#define LAB_EXCHANGE_ANY_H

/* What the quick ways of exchange.c do not serve. As labyrinth_get() and labyrinth_put(). */

#include "labyrinth_private.h"

/* Nothing below is moved up: the fewer registers are in use, the less is to be saved. */
#define LAB_NO_EARLIER() __asm__ volatile("" ::: "memory")

int
lab_get_any(struct labyrinth *lab, void **frames, uint32_t n, uint32_t lane, const void *site);

/* Returns 0, so that callers end by a jump. */
int
lab_put_any(struct labyrinth *lab, void *const *frames, uint32_t n, uint32_t lane,
            const void *site);

/* The same for the quick ways, which leave it by a jump: none of them notes who asked. */
int
lab_get_slow(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane);

int
lab_put_slow(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane);

#endif /* LAB_EXCHANGE_ANY_H */

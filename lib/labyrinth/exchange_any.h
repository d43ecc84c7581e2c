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

#endif /* LAB_EXCHANGE_ANY_H */

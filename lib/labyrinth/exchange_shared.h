/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_EXCHANGE_SHARED_H
#define LAB_EXCHANGE_SHARED_H

/* The quick ways where frames are checked and lanes are shared (lab->shared of them). */

#include "labyrinth_private.h"

int
lab_get_shared_one(struct labyrinth *lab, void **out, struct lab_lane *lane);

int
lab_get_shared(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane);

/* Return 0, so that callers end by a jump. */
int
lab_put_shared_one(struct labyrinth *lab, void *const *frames, struct lab_lane *lane);

int
lab_put_shared(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane);

#endif /* LAB_EXCHANGE_SHARED_H */

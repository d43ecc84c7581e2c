/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_EXCHANGE_SHARED_H
#define LAB_EXCHANGE_SHARED_H

/* The quick ways where frames are checked and lanes are shared (lab->shared of them). */

#include "labyrinth_private.h"

int
lab_get_shared_one(struct labyrinth *lab, struct lab_lane *lane, void **out);

int
lab_get_shared(struct labyrinth *lab, struct lab_lane *lane, void **frames, uint32_t n);

/* Return 0, so that callers end by a jump. */
int
lab_put_shared_one(struct labyrinth *lab, struct lab_lane *lane, void *const *frames);

int
lab_put_shared(struct labyrinth *lab, struct lab_lane *lane, void *const *frames, uint32_t n);

#endif /* LAB_EXCHANGE_SHARED_H */

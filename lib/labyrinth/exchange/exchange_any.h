/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_EXCHANGE_ANY_H
#define LAB_EXCHANGE_ANY_H

/* What the data path of exchange_fast.h does not serve. */

#include "labyrinth_private.h"

/* As labyrinth_get_from() and labyrinth_put_from(). */
LAB_COLD int
lab_get_any(struct labyrinth *lab, void **frames, uint32_t n, uint32_t lane, const void *site);

LAB_COLD int
lab_put_any(struct labyrinth *lab, void *const *frames, uint32_t n, uint32_t lane,
            const void *site);

/* The thread has not said yet which lane is its own. */
LAB_COLD int
lab_get_unknown(struct labyrinth *lab, void **frames, uint32_t n, const void *site);

LAB_COLD int
lab_put_unknown(struct labyrinth *lab, void *const *frames, uint32_t n, const void *site);

/* Get n frames, of which the first `done` have been got: 0, or -ENOENT and none. */
LAB_COLD int
lab_get_rest(struct labyrinth *lab, void **frames, uint32_t n, uint32_t done, struct lab_lane *lane,
             const void *site);

/* Put n frames. Returns 0, so that callers end by a jump. */
LAB_COLD int
lab_put_rest(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane,
             const void *site);

#endif /* LAB_EXCHANGE_ANY_H */

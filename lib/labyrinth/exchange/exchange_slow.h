/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_EXCHANGE_SLOW_H
#define LAB_EXCHANGE_SLOW_H

/* What the data path of exchange_fast.h does not serve. */

#include "labyrinth_private.h"

/* As labyrinth_get_from() and labyrinth_put_from(). */
LAB_COLD int
lab_get_slow_from(struct labyrinth *lab, void **frames, uint32_t n, uint32_t lane,
                  const void *site);

LAB_COLD int
lab_put_slow_from(struct labyrinth *lab, void *const *frames, uint32_t n, uint32_t lane,
                  const void *site);

/* The lane of the calling thread, as who embeds the library tells. */
LAB_COLD uint32_t
lab_lane_of_thread(void);

/* After a call from this lane: it is where the thread makes the next one from, too. */
LAB_COLD void
lab_lane_remember(struct labyrinth *lab, uint32_t lane_id);

/* Get n frames, of which the first `done` have been got: 0, or -ENOENT and none. */
LAB_COLD int
lab_get_slow(struct labyrinth *lab, void **frames, uint32_t n, uint32_t done, struct lab_lane *lane,
             const void *site);

/* Put n frames. Returns 0, so that callers end by a jump. */
LAB_COLD int
lab_put_slow(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane,
             const void *site);

#endif /* LAB_EXCHANGE_SLOW_H */

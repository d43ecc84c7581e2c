/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_EVENT_H
#define LAB_EVENT_H

/*
 * Events off the data path: told to whoever listens, and the occasions on which
 * it is looked how many frames are in use.
 */

#include "labyrinth_inspect.h"
#include "labyrinth_private.h"

/*
 * Something happened to a lane. After a refill the room must be named in the
 * lane's slot already, so that its frames are not taken for used ones.
 */
LAB_COLD void
lab_event(struct labyrinth *lab, struct lab_lane *lane, enum labyrinth_event event,
          uint32_t frames);

/* Frames in the depot, as far as counts tell that nobody's death put wrong. */
uint32_t
lab_depot_frames(const struct labyrinth *lab);

/* Frames taken out of circulation. */
uint32_t
lab_quarantined(const struct labyrinth *lab);

/* So many frames are in use; remember the most there ever were. */
void
lab_peak_note(struct labyrinth *lab, uint32_t used);

uint32_t
lab_peak(const struct labyrinth *lab);

/* The free frames in a lane's rooms; busy, if not NULL, tells if somebody is in it. */
uint32_t
lab_lane_cached(const struct labyrinth *lab, const struct lab_lane *lane, bool *busy);

#endif /* LAB_EVENT_H */

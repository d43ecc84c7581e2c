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

/* So many frames are in use; remember the most there ever were. */
void
lab_peak_note(struct labyrinth *lab, uint32_t used);

uint32_t
lab_peak(const struct labyrinth *lab);

#endif /* LAB_EVENT_H */

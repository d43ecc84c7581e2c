/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_CONTENT_H
#define LAB_CONTENT_H

/*
 * What strict adds to the seal: a canary behind each frame, poison in free
 * frames, and reuse in an order nobody can predict. The first two of frames that are
 * watched, too.
 */

#include "labyrinth_private.h"

/* As lab_room_take(): up to n frames of a room, each verified; tells how many were good. */
uint32_t
lab_take_strict(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room,
                uint32_t number, void **frames, uint32_t n);

/* As lab_room_leave(): up to n frames, each verified; tells how many were dealt with. */
uint32_t
lab_leave_strict(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room,
                 uint32_t number, void *const *frames, uint32_t n);

/* One frame out of the room of this number, verified; false, and a violation, if it is not good. */
bool
lab_take_one(struct labyrinth *lab, struct lab_lane *lane, uint32_t number, void *frame);

#endif /* LAB_CONTENT_H */

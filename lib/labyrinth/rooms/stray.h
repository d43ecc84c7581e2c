/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_STRAY_H
#define LAB_STRAY_H

/*
 * Strays: free frames that are in no room.
 *
 * Each thread that is stopped inside of a call keeps two rooms to itself. When
 * so many are stopped that no room with space is left for a frame, it goes
 * astray: its bit is set, among those of all frames. Frames that are not checked have no
 * number; they go to any free place of an array with as many places as there are
 * frames. Strays are taken when no room has a frame. Programs with fewer threads in a
 * call than there are spare rooms never come here.
 */

#include "labyrinth_private.h"

/* Bytes of lab->stray[]. */
size_t
lab_stray_len(const struct labyrinth_params *params);

/* Leave a frame; returns false for one that was put twice, as far as that is seen. */
LAB_COLD bool
lab_stray_put(struct labyrinth *lab, void *frame);

/* Move up to n strays, at most a room full, to a room of the caller's. */
LAB_COLD uint32_t
lab_stray_take(struct labyrinth *lab, struct lab_room *room, uint32_t n);

/* How many there are. */
uint32_t
lab_strays(const struct labyrinth *lab);

/* For recovery, of frames that are checked: is this one a stray that can be taken? */
bool
lab_stray_has(const struct labyrinth *lab, uint32_t id);

/* For recovery: how many can be taken. */
uint32_t
lab_strays_found(const struct labyrinth *lab);

/* There are n of them, not so many as counted; false when that changed meanwhile. */
bool
lab_strays_correct(struct labyrinth *lab, uint32_t counted, uint32_t n);

#endif /* LAB_STRAY_H */

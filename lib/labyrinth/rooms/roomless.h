/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_ROOMLESS_H
#define LAB_ROOMLESS_H

/*
 * Roomless frames: free ones that are in no room.
 *
 * Each thread that is stopped inside of a call keeps two rooms to itself. When
 * so many are stopped that no room with space is left for a frame, it becomes
 * roomless: its bit is set, among those of all frames. Frames that are not checked have no
 * number; they go to any free place of an array with as many places as there are
 * frames. Roomless frames are taken when no room has a frame. Programs with fewer threads in a
 * call than there are spare rooms never come here.
 */

#include "labyrinth_private.h"

/* Bytes of lab->roomless[]. */
size_t
lab_roomless_len(const struct labyrinth_params *params);

/* Leave a frame; returns false for one that was put twice, as far as that is seen. */
LAB_COLD bool
lab_roomless_put(struct labyrinth *lab, void *frame);

/* Move up to n roomless frames, at most a room full, to a room of the caller's. */
LAB_COLD uint32_t
lab_roomless_take(struct labyrinth *lab, struct lab_room *room, uint32_t n);

/* How many there are. */
uint32_t
lab_roomless_count(const struct labyrinth *lab);

/* For recovery, of frames that are checked: is this one roomless, and can it be taken? */
bool
lab_roomless_has(const struct labyrinth *lab, uint32_t id);

/* For recovery: how many can be taken. */
uint32_t
lab_roomless_found(const struct labyrinth *lab);

/* There are n of them, not so many as counted; false when that changed meanwhile. */
bool
lab_roomless_correct(struct labyrinth *lab, uint32_t counted, uint32_t n);

#endif /* LAB_ROOMLESS_H */

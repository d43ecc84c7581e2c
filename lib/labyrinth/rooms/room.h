/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_ROOM_H
#define LAB_ROOM_H

/*
 * Between a room and the caller's array, for who holds the room: frames that are not
 * checked, and those that are, with a report of each that is not good.
 */

#include <string.h>

#include "seal.h"

/* Bulks up to this are few: they are copied without a call. */
#define LAB_FEW 32
/* Frames copied at a time; the last so many overlap those before. */
#define LAB_COPY_BLOCK 4

static inline void
lab_copy_few(void **to, void *const *from, uint32_t n)
{
	uint32_t i;

	if (lab_likely(n >= LAB_COPY_BLOCK)) {
		uint32_t last = n - LAB_COPY_BLOCK;

		for (i = 0; i < last; i += LAB_COPY_BLOCK)
			memcpy(&to[i], &from[i], LAB_COPY_BLOCK * sizeof(to[0]));
		memcpy(&to[last], &from[last], LAB_COPY_BLOCK * sizeof(to[0]));
	} else if (n > 0) {
		to[0] = from[0];
		to[n / 2] = from[n / 2];
		to[n - 1] = from[n - 1];
	}
}

static inline void
lab_copy_frames(void **to, void *const *from, uint32_t n)
{
	if (n <= LAB_FEW)
		lab_copy_few(to, from, n);
	else
		memcpy(to, from, n * sizeof(to[0]));
}

/*
 * Take up to n frames from the top of a room whose number is `number`; tells how many
 * were good.
 */
uint32_t
lab_room_take(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
              void **frames, uint32_t n);

/* Leave up to n frames in a room; tells how many were dealt with. */
uint32_t
lab_room_leave(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
               void *const *frames, uint32_t n);

#endif /* LAB_ROOM_H */

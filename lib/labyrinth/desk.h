/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_DESK_H
#define LAB_DESK_H

/*
 * A thread remembers which lane it works from, of a few labyrinths: so that a call neither
 * asks for its lcore id nor looks whether the lane is still its own. It forgets when it
 * leaves the lane; a child of fork() forgets all. A labyrinth that has ended is not
 * mistaken for a later one, since no two have one serial number.
 *
 * The variable lies in the block that the loader makes for each thread: to reach it
 * never allocates.
 */

#include "labyrinth_private.h"

struct lab_desk {
	uint64_t serial; /* 0: of none */
	struct lab_lane *lane;
};

#define LAB_DESKS 4

extern __thread struct lab_desk lab_desks[LAB_DESKS]
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

static inline struct lab_desk *
lab_desk(const struct labyrinth *lab)
{
	return (struct lab_desk *)((uintptr_t)lab_desks + lab->desk);
}

/* The calling thread forgets a lane, if it is the one it remembers. */
static inline void
lab_desk_clear(const struct labyrinth *lab, const struct lab_lane *lane)
{
	struct lab_desk *desk = lab_desk(lab);

	if (desk->serial == lab->serial && desk->lane == lane)
		desk->serial = 0;
}

#endif /* LAB_DESK_H */

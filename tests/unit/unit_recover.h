/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef UNIT_RECOVER_H
#define UNIT_RECOVER_H

/*
 * What the tests of recovery share: processes that are all this one, under other
 * numbers, and die by saying no more.
 */

#include "labyrinth_recover.h"
#include "unit.h"

enum {
	RECOVER_FRAMES = 2000,
	RECOVER_LANES = 4, /* of one process */
	ALIVE = 0,
	DEAD = 1,
	DEAD_LANE = DEAD * RECOVER_LANES,
	GUEST = 5, /* no lanes of its own */
	GUEST_TOO = 6,
	RECOVER_COMMON = 2, /* the part of the lanes that many use */
};

/* Lanes for two processes, and with `common` for all others. */
bool
unit_recover_make(struct unit_lab *u, uint32_t flags, uint32_t lane_frames, bool common);

/* All processes are this one: all frames are owned by a dead one, as it were. */
bool
unit_gone(uint32_t pid, void *arg);

bool
unit_not_gone(uint32_t pid, void *arg);

/* As process DEAD does; afterwards it is dead. */
void
unit_dead_gets(struct unit_lab *u, uint32_t get, uint32_t put);

/* Every frame is there, counted and got once. */
void
unit_recover_whole(struct unit_lab *u);

#endif /* UNIT_RECOVER_H */

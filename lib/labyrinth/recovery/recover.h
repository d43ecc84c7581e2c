/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_RECOVER_H
#define LAB_RECOVER_H

#include "labyrinth_recover.h"
#include "recover_seek.h"

/* No process's number. */
#define LAB_NOBODY (UINT32_MAX - 1)

/*
 * Find roomless frames that the dead process had on their way, and places for them. Returns false
 * when that cannot be done just now.
 */
bool
lab_recover_roomless(struct labyrinth *lab, const struct lab_dead *dead,
                     struct labyrinth_recovery *found);

/*
 * Recover one lane, which a dead process kept. Returns false when that cannot be
 * done just now.
 */
LAB_COLD bool
lab_recover_lane(struct labyrinth *lab, struct lab_lane *lane);

#endif /* LAB_RECOVER_H */

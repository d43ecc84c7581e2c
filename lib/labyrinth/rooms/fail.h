/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_FAIL_H
#define LAB_FAIL_H

/*
 * Failures on demand: of every so many gets of a lane one fails, whatever is
 * free. Such a labyrinth has no lane that is entered straight away, so its
 * calls go elsewhere, where this is asked; others never come across it.
 */

#include "labyrinth_private.h"

/* Turns of one lane's callers. */
struct lab_fail {
	alignas(LAB_FALSE_SHARING) _Atomic uint64_t turns;
};

/* Is it this get's turn to fail? Never without LABYRINTH_F_FAIL. Thread-safe. */
LAB_COLD bool
lab_fail_due(struct labyrinth *lab, uint32_t lane);

/* Gets that failed on demand so far. Thread-safe. */
uint64_t
lab_fail_sum(const struct labyrinth *lab);

#endif /* LAB_FAIL_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The loops over frames for any processor. */

#include "loops_each.h"
#include "loops.h"

const struct lab_loops lab_loops_plain = {.own = lab_own_each, .free = lab_free_each};
const struct lab_loops *lab_loops = &lab_loops_plain;

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The loops over frames for processors with BMI2. */

#include "loops_each.h"
#include "loops.h"

const struct lab_loops lab_loops_bmi2 = {.own = lab_own_each, .free = lab_free_each};

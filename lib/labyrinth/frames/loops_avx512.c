/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The loops over frames for processors with AVX-512: eight frames at a time. */

#include "loops_avx512.h"
#include "loops.h"

const struct lab_loops lab_loops_avx512 = {.own = lab_own_blocks, .free = lab_free_blocks};

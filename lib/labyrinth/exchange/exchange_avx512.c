/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The data path for processors with AVX-512: eight frames at a time. */

#include "loops_avx512.h"
#include "loops_each.h"

#define LAB_FORM(name) name##_avx512
#define lab_own_some   lab_own_blocks
#define lab_free_some  lab_free_blocks

#include "exchange_fast.h"

const struct lab_path lab_path_avx512 = LAB_PATH_OF("avx512", &lab_loops_avx512);

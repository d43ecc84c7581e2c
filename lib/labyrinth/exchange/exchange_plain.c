/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The data path for any processor. */

#include "loops_each.h"

#define LAB_FORM(name) name##_plain
#define lab_own_some   lab_own_each
#define lab_free_some  lab_free_each

#include "exchange_fast.h"

const struct lab_path lab_path_plain = LAB_PATH_OF("plain", &lab_loops_plain);

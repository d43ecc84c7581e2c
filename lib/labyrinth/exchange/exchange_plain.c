/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The data path for any processor. */

#define LAB_FORM(name) name##_plain

#include "exchange_fast.h"

const struct lab_path lab_path_plain = LAB_PATH_OF("plain", &lab_loops_plain);

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* The data path for processors with BMI2: shifts by a variable take one instruction. */

#define LAB_FORM(name) name##_bmi2

#include "exchange_fast.h"

const struct lab_path lab_path_bmi2 = LAB_PATH_OF("bmi2", &lab_loops_bmi2);

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_DOCTOR_H
#define FWD_DOCTOR_H

/**
 * @file
 * Examines the machine and names remedies: option --doctor.
 */

#include "app_arguments.h"
#include "options.h"

/**
 * Examine, print a line for each thing looked at, a problem with its remedy.
 *
 * @param arguments
 *   Of EAL's options only -d is used.
 * @return
 *   0 when all is well, -1 otherwise.
 */
int
fwd_doctor(const struct app_arguments *arguments, const struct fwd_options *options);

#endif /* FWD_DOCTOR_H */

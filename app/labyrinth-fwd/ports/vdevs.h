/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_VDEVS_H
#define FWD_VDEVS_H

/**
 * @file
 * Ports that EAL makes of --vdev.
 */

#include "app_arguments.h"

/**
 * EAL goes on when a port of --vdev cannot be made: tell the user.
 *
 * @return
 *   0, or -1 when a port is not there (one line was printed).
 */
int
fwd_vdevs_check(const struct app_arguments *arguments);

#endif /* FWD_VDEVS_H */

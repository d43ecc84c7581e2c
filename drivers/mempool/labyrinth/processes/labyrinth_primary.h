/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_PRIMARY_H
#define LABYRINTH_PRIMARY_H

#include <stdbool.h>

/*
 * A secondary: has the primary ended? The first time it has, says so in the
 * log and to the application.
 */
bool
labyrinth_primary_ended(void);

#endif /* LABYRINTH_PRIMARY_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_COPIES_H
#define LABYRINTH_COPIES_H

#include <stdbool.h>

/*
 * Has this process loaded another copy of the driver before this one? Then this
 * one registers nothing: all pools are the first one's. Each RTE_INIT() that makes
 * the driver known to EAL asks.
 */
bool
labyrinth_is_second_copy(void);

#endif /* LABYRINTH_COPIES_H */

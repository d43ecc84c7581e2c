/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_GFP_H
#define LABYRINTH_GFP_H

/**
 * @file
 * Opt-in: the page interface in the spelling of kernel code. Do not include it
 * beside headers that define these names.
 */

#include "labyrinth.h"

/** Kernel spelling of LABYRINTH_GFP_ATOMIC. */
#define GFP_ATOMIC LABYRINTH_GFP_ATOMIC
/** Kernel spelling of LABYRINTH_GFP_EXCLUSIVE. */
#define __GFP_EXCLUSIVE LABYRINTH_GFP_EXCLUSIVE

#endif /* LABYRINTH_GFP_H */

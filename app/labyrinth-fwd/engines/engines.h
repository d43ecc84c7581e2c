/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_ENGINES_H
#define FWD_ENGINES_H

/**
 * @file
 * The table of all forward modes.
 */

#include <stddef.h>

#include "engine.h"

/** The index-th mode, or NULL. */
const struct fwd_engine *
fwd_engine_at(unsigned int index);

/** The mode of that name, or NULL. */
const struct fwd_engine *
fwd_engine_find(const char *name);

/** Write all names, separated by commas; cut off when size is too small. */
void
fwd_engine_names(char *names, size_t size);

/** Print a line for each mode. */
void
fwd_engine_help(void);

#endif /* FWD_ENGINES_H */

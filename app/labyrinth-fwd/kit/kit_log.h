/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_LOG_H
#define FWD_KIT_LOG_H

/**
 * @file
 * What labyrinth says in EAL's log when a pool is made: what it lies in and why, or why
 * there is none.
 */

#include <stddef.h>

/** Read along, from here to the end of the process; lines go to stderr all the same. */
int
fwd_kit_log_open(void);

/** Forget what was said. */
void
fwd_kit_log_clear(void);

/** Its latest line since then, without the pool's name; empty: none. */
const char *
fwd_kit_log_words(void);

#endif /* FWD_KIT_LOG_H */

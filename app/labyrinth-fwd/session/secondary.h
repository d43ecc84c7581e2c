/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_SECONDARY_H
#define FWD_SECONDARY_H

/**
 * @file
 * This program as a secondary process: it uses a pool of its primary and ends
 * when that ends. Main lcore only, unless it says something else.
 */

#include <stdbool.h>

#include "options.h"
#include "pools.h"

/** Exit status of a secondary whose primary has ended. */
#define FWD_EXIT_ORPHANED 3

/** By this name a primary tells its secondaries to end. */
#define FWD_SECONDARY_END "labyrinth_fwd_end"

/** Is this a secondary process? After EAL has started, or has failed to. */
bool
fwd_secondary(void);

/**
 * Is there a primary, and are the options those of a secondary?
 *
 * @param options
 *   The mode is set where none was asked for.
 * @return
 *   0, or -1 (one line was printed).
 */
int
fwd_secondary_check(struct fwd_options *options);

/** Use the pool that is asked for, or the only one. 0, or -1 (one line was printed). */
int
fwd_secondary_pool(struct fwd_pools *pools, const char *name);

/** Be told when the primary ends. 0, or -1 (one line was printed). */
int
fwd_secondary_watch(void);

/**
 * Has the primary ended, or is it about to? The first time it has, one line says so.
 */
bool
fwd_secondary_orphaned(void);

/**
 * This process holds no buffer and touches no pool any more: every way out comes here. If
 * the primary is about to end, it is told, and waited for, ten seconds or a little more.
 *
 * @return
 *   false when EAL's memory must stay as it is until this process ends: the primary has not
 *   ended by then, or has freed what rte_eal_cleanup() would read. EAL's files are left to
 *   the next primary.
 */
bool
fwd_secondary_quiet(void);

#endif /* FWD_SECONDARY_H */

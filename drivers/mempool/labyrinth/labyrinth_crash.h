/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_CRASH_H
#define LABYRINTH_CRASH_H

/*
 * What is said of buffers when a process is about to crash: where the address lies
 * that was touched, and which buffers were overrun, by whom.
 */

#include <rte_mempool.h>

#include "labyrinth_signals.h"

/* Have the buffers of a pool looked at in a crash of this process. Thread-safe. */
void
labyrinth_crash_watch(const struct rte_mempool *mp);

/* Before its memory goes. Thread-safe. */
void
labyrinth_crash_forget(const struct rte_mempool *mp);

/* The next pool that is watched, from place i on; false behind the last. Thread-safe. */
bool
labyrinth_crash_pool(unsigned int *i, const struct rte_mempool **mp);

/* The caller's report tells why it is about to abort: nothing more is to be said of that. */
void
labyrinth_crash_told(void);

/* Explain a crash: in a signal handler, by one thread at a time. */
void
labyrinth_crash_explain(const struct labyrinth_crash *crash);

#endif /* LABYRINTH_CRASH_H */

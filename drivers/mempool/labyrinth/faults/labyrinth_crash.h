/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_CRASH_H
#define LABYRINTH_CRASH_H

/*
 * What is said of buffers when a process is about to crash: where the address lies
 * that was touched, and which buffers were overrun, by whom.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mempool.h>

/* What a signal is to be explained by; `fatal`: the process has no handler for it. */
struct labyrinth_crash {
	const void *pc; /* of the instruction, NULL where that cannot be told */
	int signum;
	bool fault;   /* by an instruction of this thread, not sent by somebody */
	bool fatal;   /* nothing but its default action follows */
	uintptr_t at; /* address that was touched, 0 if it is not known */
	bool at_known;
	bool freed; /* the address is of a freed pool, and may be read now */
};

/* Have the buffers of a pool looked at in a crash of this process. Thread-safe. */
void
labyrinth_crash_watch(const struct rte_mempool *mp);

/* Before its memory goes. Thread-safe. */
void
labyrinth_crash_forget(const struct rte_mempool *mp);

/* The next pool that is watched, from place i on; false behind the last. Thread-safe. */
bool
labyrinth_crash_pool(unsigned int *i, const struct rte_mempool **mp);

/* Explain a crash: in a signal handler, by one thread at a time. */
void
labyrinth_crash_explain(const struct labyrinth_crash *crash);

#endif /* LABYRINTH_CRASH_H */

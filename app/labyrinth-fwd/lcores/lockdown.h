/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_LOCKDOWN_H
#define FWD_LOCKDOWN_H

/**
 * @file
 * Threads that may make no system call: a seccomp filter refuses all but those
 * with which a thread or the process ends.
 *
 * A filter stays for as long as its thread lives, so the thread is one of its
 * own: it lives for one run, and has the lcore id of the lcore that waits for
 * it. A refused call fails with EPERM and is noted; the main lcore reports it.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct fwd_lockdown {
	_Atomic uint64_t refused; /**< system calls since the filter is in place */
	_Atomic int first;        /**< number of the first one; valid when refused > 0 */
	atomic_bool closed;       /**< the filter is in place and calls count */
	int error;                /**< errno when there is no filter; read after the run */
};

/**
 * Catch what the filters of this process will refuse. Before any thread is
 * locked down; may be called again.
 *
 * @return
 *   0, or -1 when this kernel or machine has no seccomp (one line was printed).
 */
int
fwd_lockdown_init(void);

/**
 * Run work(arg) in a thread of its own that takes over the calling lcore's id,
 * and wait for its end. Called by an lcore.
 *
 * @return
 *   0, or a positive errno when there is no thread.
 */
int
fwd_lockdown_run(void (*work)(void *arg), void *arg);

/**
 * From here on the calling thread makes no system call any more. Only inside
 * fwd_lockdown_run().
 *
 * @param lockdown
 *   Where refused calls are noted; must outlive the thread.
 */
void
fwd_lockdown_close(struct fwd_lockdown *lockdown);

/** What follows is the end of the thread, and does not count. */
void
fwd_lockdown_open(struct fwd_lockdown *lockdown);

#endif /* FWD_LOCKDOWN_H */

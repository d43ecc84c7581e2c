/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_STOP_H
#define FWD_STOP_H

/**
 * @file
 * Ending on request: SIGINT, SIGTERM, SIGHUP and a closed output pipe.
 */

#include <stdbool.h>
#include <stdint.h>

/**
 * Catch the signals. A signal two seconds after the first has its default
 * effect, so a start-up that hangs can still be ended.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
fwd_stop_init(void);

/** Sleep for some milliseconds, or less if a stop is requested: then return true. */
bool
fwd_stop_wait(uint64_t milliseconds);

/** Have fwd_stop_wait() return early, though nobody asked for a stop. Any thread may call it. */
void
fwd_stop_wake(void);

/** A descriptor that is readable when fwd_stop_wait() should be called: for poll(). */
int
fwd_stop_fd(void);

/** Ask for a stop, as a signal does. */
void
fwd_stop_ask(int signum);

/** The signal that asked for the stop, or 0. */
int
fwd_stop_signal(void);

/** Keep the calling thread from being chosen to run the handlers. */
void
fwd_stop_block_signals(void);

#endif /* FWD_STOP_H */

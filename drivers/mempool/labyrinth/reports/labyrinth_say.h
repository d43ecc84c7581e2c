/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_SAY_H
#define LABYRINTH_SAY_H

/*
 * Words of a signal handler, when a program is about to crash: without a lock, within a
 * time, and by looks at memory that may be gone.
 *
 * All of it is called by one thread at a time.
 */

#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds that an explanation may take. */
#define LABYRINTH_EXPLAIN_NS 1000000000ull

/* The time for explanations begins. */
void
labyrinth_say_begin(void);

/* Has the time for explanations run out? */
bool
labyrinth_say_late(void);

/*
 * Write to standard error: without a lock, without waiting for a reader longer than
 * explanations may take, and without a SIGPIPE.
 */
__attribute__((format(printf, 1, 2))) void
labyrinth_say(const char *format, ...);

/*
 * Call a function that may meet memory that is gone. Tells whether it came to its
 * end; a fault in it ends it early.
 */
bool
labyrinth_say_try(void (*fn)(void *arg), void *arg);

/* In a handler, after a fault: end that function early. Returns if there is none. */
void
labyrinth_say_escape(void);

#endif /* LABYRINTH_SAY_H */

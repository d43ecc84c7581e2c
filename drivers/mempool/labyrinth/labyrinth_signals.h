/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_SIGNALS_H
#define LABYRINTH_SIGNALS_H

/*
 * The signals of a program that is about to crash: SIGSEGV, SIGBUS, SIGILL, SIGFPE
 * and SIGABRT. They are explained, then what was set before is put back and the
 * signal comes again, so that exactly what would have happened without us happens:
 * the kernel itself sees to handler, mask, flags, default action and core.
 *
 * Everything below is called on a stack of our own, by one thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>

/* Nanoseconds that an explanation may take. */
#define LABYRINTH_EXPLAIN_NS 1000000000ull

/* Be ready for them: once. Thread-safe. */
void
labyrinth_signals_start(void);

/* Has the time for explanations run out? */
bool
labyrinth_signals_late(void);

/*
 * Write to standard error: without a lock, without waiting for a reader longer than
 * explanations may take, and without a SIGPIPE.
 */
__attribute__((format(printf, 1, 2))) void
labyrinth_signals_say(const char *format, ...);

/*
 * Call a function that may meet memory that is gone. Tells whether it came to its
 * end; a fault in it ends it early.
 */
bool
labyrinth_signals_try(void (*fn)(void *arg), void *arg);

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

#endif /* LABYRINTH_SIGNALS_H */

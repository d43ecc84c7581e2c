/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef DRIVER_HARNESS_H
#define DRIVER_HARNESS_H

/*
 * What the driver's test programs share: results, a quiet EAL of their own,
 * and the log, which is only shown when something fails.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One result: "ok - ..." or "not ok - ..." with what the log said since log_clear(). */
void __attribute__((format(printf, 2, 3))) check(bool good, const char *fmt, ...);

/* A line that is neither a pass nor a failure. */
void __attribute__((format(printf, 1, 2))) note(const char *fmt, ...);

/* Something was not tested: what, and why. */
void
skip(const char *what, const char *why);

/* Stop: the test itself cannot go on. */
void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...);

/*
 * Start EAL with options of its own, on 4 KiB pages where there are fewer than
 * `huge_pages` huge pages, no root, or NO_HUGE=1 in the environment. `extra` is
 * one string of options separated by spaces.
 */
void
eal_start(const char *program, unsigned int huge_pages, const char *extra);

/* Does EAL run on huge pages? */
bool
eal_huge(void);

/* End EAL and the program: its exit status, after a last line of results. */
int
finish(void);

/* As finish(), without a line: for programs whose output is a figure. */
int
finish_quietly(void);

/* Forget what was logged so far. */
void
log_clear(void);

/* What was logged since, at most len - 1 bytes of it. */
size_t
log_read(char *text, size_t len);

/* Free huge pages of 2 MiB in the whole system. */
unsigned int
huge_pages_free(void);

int
compare_u64(const void *a, const void *b);

/* Sorts; the upper one of two. */
double
median(double *values, unsigned int n);

#endif /* DRIVER_HARNESS_H */

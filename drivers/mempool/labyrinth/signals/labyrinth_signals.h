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
 */

/* Be ready for them: once. Thread-safe. */
void
labyrinth_signals_start(void);

#endif /* LABYRINTH_SIGNALS_H */

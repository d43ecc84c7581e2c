/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_MESSAGE_H
#define FWD_MESSAGE_H

/**
 * @file
 * What the forwarder says outside of its tables: one line each.
 */

/** Print `labyrinth-fwd: ...` on stderr: what is wrong and what would be right. */
void
fwd_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Print `labyrinth-fwd: ...` on stdout: a choice made on the user's behalf. */
void
fwd_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* FWD_MESSAGE_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_MESSAGE_H
#define APP_MESSAGE_H

/**
 * @file
 * What a program says outside of its tables: one line each.
 */

/** The first word of a program's lines: what main() sets before anything else. */
extern const char *app_name;

/** Print `app_name: ...` on stderr: what is wrong and what would be right. */
void
app_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** What app_error() has said last, on whatever thread, without the name; static. */
const char *
app_last_error(void);

/** Print `app_name: ...` on stdout: a choice made on the user's behalf. */
void
app_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* APP_MESSAGE_H */

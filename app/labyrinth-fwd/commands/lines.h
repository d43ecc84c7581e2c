/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_LINES_H
#define FWD_LINES_H

/**
 * @file
 * Commands that nobody types: whole lines, from a pipe or a file.
 */

#include <cmdline.h>

#include "session.h"

/** What stands before a command. */
#define FWD_PROMPT "labyrinth-fwd> "

/** Bytes of the longest line, with a new line and the 0 at its end. */
#define FWD_LINE_ROOM 1024

/** Commands are for this session from here on, and parsed by cl. */
void
fwd_lines_begin(struct cmdline *cl, struct fwd_session *session);

/**
 * Show a line and run it; one line says what is wrong with it, and the session has failed.
 *
 * @param line
 *   Without the new line at its end; room for FWD_LINE_ROOM bytes.
 */
void
fwd_lines_take(char *line);

/** Run the commands of a file. 0, or -1 when it cannot be read (one line was printed). */
int
fwd_lines_load(const char *path);

#endif /* FWD_LINES_H */

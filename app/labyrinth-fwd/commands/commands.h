/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_COMMANDS_H
#define FWD_COMMANDS_H

/**
 * @file
 * Commands, in the words of testpmd. Every one that fails prints one line.
 */

#include <stdbool.h>

#include <cmdline_parse.h>

#include "session.h"

/** The table of commands for librte_cmdline, working on this session. */
cmdline_parse_ctx_t *
fwd_commands(struct fwd_session *session);

/** Has quit been given? */
bool
fwd_commands_quit(void);

/** Has a command failed since the last call? */
bool
fwd_commands_failed(void);

/** Print what `show port WHAT` shows about one port. 0, or -1 (one line was printed). */
int
fwd_show_port(struct fwd_session *session, struct fwd_port *port, const char *what);

/** Print how a port spreads packets over its queues. 0, or -1 (one line was printed). */
int
fwd_show_rss(const struct fwd_port *port);

/** Forget what `clear port WHAT` clears of one port. 0, or -1 (one line was printed). */
int
fwd_clear_port(struct fwd_port *port, const char *what);

/** Print what `show config WHAT` shows. 0, or -1 (one line was printed). */
int
fwd_show_config(const struct fwd_session *session, const char *what);

/** Print what `show port summary` shows, all ports. */
void
fwd_show_summary(const struct fwd_session *session);

#endif /* FWD_COMMANDS_H */

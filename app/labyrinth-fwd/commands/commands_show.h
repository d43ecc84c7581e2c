/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_COMMANDS_SHOW_H
#define FWD_COMMANDS_SHOW_H

/**
 * @file
 * What the commands show and clear about ports and settings.
 */

#include "session.h"

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

#endif /* FWD_COMMANDS_SHOW_H */

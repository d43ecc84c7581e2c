/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_COMMANDS_H
#define FWD_COMMANDS_H

/**
 * @file
 * Commands, in the words of testpmd. Every one that fails prints one line.
 */

#include <cmdline_parse.h>

#include "session.h"

/** The table of commands for librte_cmdline, working on this session. */
cmdline_parse_ctx_t *
fwd_commands(struct fwd_session *session);

#endif /* FWD_COMMANDS_H */

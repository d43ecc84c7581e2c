/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_PROMPT_H
#define FWD_PROMPT_H

/**
 * @file
 * Commands, typed or from a file or pipe: option -i.
 */

#include "session.h"

/**
 * Take commands until quit, the end of input or a signal; then close the session.
 *
 * From a terminal with history and completion, as in testpmd. From elsewhere a
 * command that fails makes the call fail in the end.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
fwd_prompt(struct fwd_session *session);

#endif /* FWD_PROMPT_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_COMPARE_H
#define FWD_COMPARE_H

/**
 * @file
 * The same forwarding over several mempool handlers, in turns: option --compare.
 */

#include "session.h"

/**
 * Forward with each handler of the options in each round, print medians and
 * ratios, and close the session.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
fwd_compare(struct fwd_session *session);

#endif /* FWD_COMPARE_H */

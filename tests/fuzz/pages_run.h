/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef PAGES_RUN_H
#define PAGES_RUN_H

#include "fuzz.h"

/* A sequence of calls of the page interface, as the bytes say. */
void
pages_run(struct fuzz_bytes *bytes);

#endif /* PAGES_RUN_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MISUSE_ROUNDS_H
#define MISUSE_ROUNDS_H

/* Asking the telemetry of the own process how many rounds the patrol has ended. */

#include <stdint.h>

/* Connect; ends the program when it cannot. */
void
rounds_open(void);

/* By any thread. */
uint64_t
rounds_read(void);

#endif /* MISUSE_ROUNDS_H */

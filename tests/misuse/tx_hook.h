/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef TX_HOOK_H
#define TX_HOOK_H

/* For test plugins with a bug: a callback on what port 0 is about to send. */

#include <stdint.h>

#include <rte_ethdev.h>

#pragma GCC visibility push(hidden)

/* Register it on queue 0, as soon as the port runs. Complaints begin with this name. */
void
tx_hook_start(const char *name, rte_tx_callback_fn hook);

/* A number from the environment, from 1 on; another one if it is not set. */
uint64_t
tx_hook_number(const char *variable, uint64_t otherwise);

#pragma GCC visibility pop

#endif /* TX_HOOK_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_PARSE_H
#define FWD_PARSE_H

/**
 * @file
 * Values of options: every function prints one line on a bad value.
 */

#include <stdint.h>

#include <rte_ether.h>

/** Read a list of numbers below 64, `0,2-4`, as a bit mask. 0, or -1. */
int
fwd_parse_list(const char *option, const char *text, unsigned int limit, uint64_t *mask);

/** Read `PORT,XX:XX:XX:XX:XX:XX`. 0, or -1. */
int
fwd_parse_port_mac(const char *option, const char *text, unsigned int limit, unsigned int *port,
                   struct rte_ether_addr *mac);

#endif /* FWD_PARSE_H */

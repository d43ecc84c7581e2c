/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_MACHINE_H
#define FWD_KIT_MACHINE_H

/**
 * @file
 * What a report tells of the software, the machine and the NICs. No MAC address, host
 * name or serial number.
 */

#include "kit_text.h"
#include "ports.h"

/** Sections [software] and [machine]. root stands before /proc and /sys. */
void
fwd_kit_machine_print(struct fwd_kit_text *text, const char *root);

/**
 * Section [port N] of each port, once they are started.
 *
 * @param busy
 *   Ports to which packets come from outside, as a mask.
 */
void
fwd_kit_ports_print(struct fwd_kit_text *text, const struct fwd_ports *ports,
                    const struct fwd_options *options, uint64_t busy);

/**
 * How many descriptors the first queues of a started port have. Some drivers (virtio) take
 * less than they were asked for.
 *
 * @return
 *   Whether the driver told; if not, they are as many as were asked for.
 */
bool
fwd_kit_ports_descriptors(const struct fwd_port *port, uint16_t *rxd, uint16_t *txd);

#endif /* FWD_KIT_MACHINE_H */

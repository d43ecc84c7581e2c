/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_EMBEDDED_H
#define FWD_EMBEDDED_H

/**
 * @file
 * A whole set-up without any hardware: EAL arguments, ports and traffic.
 *
 * Two net_null ports allocate an mbuf for each packet received and free each
 * packet sent; in modes that forward, two looped net_ring ports carry
 * generated packets round and round between lcores.
 */

#include "app_arguments.h"
#include "options.h"

/** Seconds to run when no option was given at all. */
#define FWD_EMBEDDED_DURATION 10

/**
 * Choose all of EAL's arguments: base address, lcores, memory and ports.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
fwd_embedded_eal(struct app_arguments *arguments, const struct fwd_options *options);

/** Add only the embedded ports to EAL's arguments. 0, or -1 (one line was printed). */
int
fwd_embedded_ports(struct app_arguments *arguments, const struct fwd_options *options);

/** Bursts to send first, so that the looped ports have something to carry. */
void
fwd_embedded_traffic(struct fwd_options *options);

#endif /* FWD_EMBEDDED_H */

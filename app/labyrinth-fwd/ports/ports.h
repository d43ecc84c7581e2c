/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_PORTS_H
#define FWD_PORTS_H

/**
 * @file
 * Ethernet ports: found, checked against the options, started, emptied, stopped.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

#include "options.h"
#include "pools.h"

struct fwd_port {
	uint16_t id;
	char name[RTE_ETH_NAME_MAX_LEN];
	char driver[32];
	unsigned int socket;
	uint32_t mbuf_size; /**< of its pool: bytes of data, headroom included */
	uint16_t rxd;
	uint16_t txd;
	struct rte_ether_addr own;
	struct rte_ether_addr peer;
	bool configured; /**< must be closed */
	bool started;    /**< must be emptied and stopped */
	bool gone;       /**< its device was taken away: closed, and not used any more */
	bool left_out;   /**< it does not forward from the next start on */
};

struct fwd_ports {
	unsigned int nb;
	struct fwd_port port[FWD_MAX_PORTS];
};

/**
 * Find the ports to use and check that they can do what the options ask for.
 *
 * @return
 *   0, or -1 (one line was printed). Nothing has to be undone.
 */
int
fwd_ports_find(struct fwd_ports *ports, const struct fwd_options *options);

/**
 * The port that sends what the index-th port receives. Of those that are not left out: the
 * first and the second, the third and the fourth, the last one alone.
 */
unsigned int
fwd_ports_pair(const struct fwd_ports *ports, unsigned int index);

/**
 * Configure all ports, set up their queues and start them.
 *
 * @return
 *   0, or -1 (one line was printed); fwd_ports_close() is due in both cases.
 */
int
fwd_ports_start(struct fwd_ports *ports, const struct fwd_options *options,
                const struct fwd_pools *pools);

/** How long most links take to come up. */
#define FWD_LINK_MS 3000

/** Wait so long at most for links that are down, and name those that stay so. */
void
fwd_ports_wait_link(const struct fwd_ports *ports, unsigned int milliseconds);

/**
 * Free what has been received and not been fetched, no more than limit packets
 * a queue: a virtual port may make packets for ever. No lcore may forward.
 */
void
fwd_ports_drain(const struct fwd_ports *ports, const struct fwd_options *options,
                unsigned int limit);

/** The same for one port. Returns how many were freed. */
unsigned int
fwd_ports_drain_one(const struct fwd_port *port, const struct fwd_options *options,
                    unsigned int limit);

/** Start one port that was stopped, with queues from these pools. 0, or -1 (one line). */
int
fwd_ports_start_one(struct fwd_ports *ports, unsigned int index, const struct fwd_options *options,
                    const struct fwd_pools *pools);

/** Stop one port. 0, or -1 (one line was printed). */
int
fwd_ports_stop_one(struct fwd_port *port);

/** Stop all ports, so that they can be started with other pools. 0, or -1 (one line). */
int
fwd_ports_stop(struct fwd_ports *ports);

/** Close a port whose device is gone, or is to go, and never use it again. No lcore may. */
void
fwd_ports_give_up(struct fwd_port *port);

/** Have EAL tell when a device goes. 0, or -1 (one line was printed). */
int
fwd_ports_watch(void);

/** Ports whose device has gone since the last call, as a mask. */
uint64_t
fwd_ports_gone(void);

/** The port of that id, or NULL. */
struct fwd_port *
fwd_ports_of_id(struct fwd_ports *ports, uint16_t id);

/** Descriptors of all queues of all ports. */
uint64_t
fwd_ports_descriptors(const struct fwd_ports *ports, const struct fwd_options *options);

/** Stop and close what was started and configured. May be called twice. */
void
fwd_ports_close(struct fwd_ports *ports);

/** Say that something of a port could not be done, for a negative errno. Returns -1. */
int
fwd_port_error(const struct fwd_port *port, const char *what, int ret);

#endif /* FWD_PORTS_H */

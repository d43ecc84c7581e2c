/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_OPTIONS_H
#define FWD_OPTIONS_H

/**
 * @file
 * What the command line asks for, after `--`.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "compat.h"
#include "engine.h"

/** Ports the port masks can name. */
#define FWD_MAX_PORTS (RTE_MAX_ETHPORTS < 64 ? RTE_MAX_ETHPORTS : 64)
/** Most sizes of mbufs, as in testpmd. */
#define FWD_MAX_MBUF_SIZES 8
/** Most handlers to compare. */
#define FWD_MAX_HANDLERS 8

/** Bytes of one's options, the 0 at the end included. */
#define FWD_MAX_HANDLER_OPTIONS 128

/** Most turns of each of them. */
#define FWD_MAX_ROUNDS 1000

/** Where a report goes when no file is named. */
#define FWD_NIC_REPORT "labyrinth-nic-report.txt"

/** Handlers to compare. */
struct fwd_handlers {
	uint32_t nb; /**< 0: nothing to compare */
	char name[FWD_MAX_HANDLERS][RTE_MEMPOOL_OPS_NAMESIZE];
	char options[FWD_MAX_HANDLERS][FWD_MAX_HANDLER_OPTIONS]; /**< of labyrinth; "": none */
};

struct fwd_options {
	const struct fwd_engine *engine;
	uint32_t rxq;             /**< receive queues of each port */
	uint32_t txq;             /**< transmit queues of each port */
	uint32_t rxd;             /**< descriptors of a receive queue; 0: the driver's choice */
	uint32_t txd;             /**< descriptors of a transmit queue; 0: the driver's choice */
	uint64_t lcore_mask;      /**< lcores below 64 that may forward; 0: all workers */
	uint32_t nb_cores;        /**< forwarding lcores; 0: all workers */
	uint32_t burst;           /**< packets of a burst */
	uint32_t mbcache;         /**< objects of DPDK's per-lcore cache */
	uint32_t total_num_mbufs; /**< mbufs of each pool; 0: worked out */
	uint32_t nb_mbuf_sizes;   /**< valid elements of mbuf_size */
	uint32_t mbuf_size[FWD_MAX_MBUF_SIZES]; /**< bytes of data, headroom included */
	uint32_t max_pkt_len;  /**< longest frame, 4 bytes of its check sequence included; 0: any */
	uint32_t duration;     /**< seconds; 0: until a signal */
	uint32_t stats_period; /**< seconds between live tables; 0: none */
	uint32_t tx_first;     /**< bursts to send from each port before forwarding */
	uint32_t hold_ms;      /**< mode hold: milliseconds a packet is kept */
	uint32_t rounds;       /**< times each handler of compare forwards */
	const char *pool;      /**< a secondary process: of its primary; NULL: the only one */
	const char *pool_ops;  /**< mempool handler */
	const char *pool_options; /**< for labyrinth only; NULL: none */
	struct fwd_handlers compare;
	uint64_t port_mask;       /**< ports to use; 0: all */
	uint64_t rss;             /**< asked-for RTE_ETH_RSS_*; 0: by IP when there are queues */
	bool mode_given;          /**< engine is no default */
	bool scatter;             /**< receive frames larger than an mbuf */
	bool numa;                /**< asked for what is the case anyway */
	bool no_numa;             /**< one pool for all sockets */
	const char *cmdline_file; /**< commands to run first; NULL: none */
	bool interactive;         /**< take commands */
	bool auto_start;          /**< start before the first command */
	bool lockdown;            /**< no system call on forwarding lcores */
	const char *nic_report;   /**< file of the report; NULL: none */
	bool doctor;              /**< examine the machine and end */
	const char *doctor_root;  /**< before /proc and /sys; "" for the real ones */
	bool embedded;            /**< add embedded ports */
	bool help;                /**< print the options and end */
	uint64_t peer_mask;       /**< ports whose peer is given in peers */
	struct rte_ether_addr peers[FWD_MAX_PORTS];
};

/**
 * Read the options that stand after `--`.
 *
 * @param argc
 *   Number of elements of argv, the program name included.
 * @param argv
 *   Reordered by getopt_long(); kept by reference.
 * @param options
 *   Filled in by the call, defaults included.
 * @return
 *   0, or -1 on a bad option (one line was printed).
 */
int
fwd_options_parse(int argc, char **argv, struct fwd_options *options);

/** Is this argument one of ours? Then it stands on the wrong side of `--`. */
bool
fwd_options_is_own(const char *argument);

/**
 * Do the options go together?
 *
 * @param options
 *   What follows from others is filled in.
 * @return
 *   0, or -1 (one line was printed).
 */
int
fwd_options_check(struct fwd_options *options);

/** Can these queues serve the mode? 0, or -1 (one line was printed). */
int
fwd_options_check_queues(const struct fwd_options *options);

/** Fill in the options of a command line that has none. */
void
fwd_options_defaults(struct fwd_options *options);

/**
 * Are these options for a secondary process? It has no ports and makes no pools.
 *
 * @param options
 *   The mode is set where none was asked for.
 * @return
 *   0, or -1 (one line was printed).
 */
int
fwd_options_secondary(struct fwd_options *options);

/** The largest of the sizes of mbufs, in bytes of data, headroom included. */
uint32_t
fwd_options_largest(const struct fwd_options *options);

/** Print all options. */
void
fwd_options_help(void);

#endif /* FWD_OPTIONS_H */

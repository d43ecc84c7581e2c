/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_SESSION_H
#define FWD_SESSION_H

/**
 * @file
 * Everything between the start of EAL and its end: ports and pools stay while
 * forwarding starts and stops, in one mode or another. Main lcore only.
 */

#include <stdbool.h>

#include "app_arguments.h"
#include "lcores.h"
#include "options.h"
#include "pools.h"
#include "ports.h"
#include "recovery.h"
#include "report.h"

struct fwd_session {
	const struct app_arguments *arguments;
	struct fwd_options *options;
	struct fwd_ports ports;
	struct fwd_pools pools[FWD_MAX_HANDLERS]; /**< one unless handlers are compared */
	unsigned int nb_pools;
	unsigned int current; /**< index of the pools in use */
	struct fwd_lcores lcores;
	double begin;   /**< when forwarding started */
	double seconds; /**< how long it has run, once stopped */
	struct fwd_recovery recovery;
	bool orphaned; /**< a secondary process: the primary has ended */
	bool failed;   /**< something has gone wrong that the exit status must tell */
};

/**
 * Find and start ports, make pools; in a secondary process, find a pool.
 *
 * @return
 *   0, or -1 (one line was printed); fwd_session_free() is due in both cases.
 */
int
fwd_session_open(struct fwd_session *session);

/**
 * Start forwarding, in the mode of the options.
 *
 * @param tx_first
 *   Bursts to send from each port before.
 * @return
 *   0, or -1 (one line was printed) and nothing runs.
 */
int
fwd_session_start(struct fwd_session *session, uint32_t tx_first);

/** Stop forwarding; the figures stay for reports. Nothing to do when it has not started. */
void
fwd_session_stop(struct fwd_session *session);

/** Close a port and go on without it; one line says so. */
void
fwd_session_lose_port(struct fwd_session *session, struct fwd_port *port);

/**
 * See to what has happened meanwhile: ports that went away, system calls that
 * were refused (then forwarding is stopped), processes that have gone.
 *
 * @return
 *   0, or -1 when forwarding was stopped (one line was printed); with orphaned
 *   set, for ever.
 */
int
fwd_session_poll(struct fwd_session *session);

/** How long fwd_session_poll() may wait, in milliseconds: what cannot wake us is polled. */
uint64_t
fwd_session_patience(const struct fwd_session *session);

/** Seconds of forwarding, so far or until it stopped. */
double
fwd_session_seconds(const struct fwd_session *session);

/** What reports are about; valid for as long as the session. */
struct fwd_view
fwd_session_view(const struct fwd_session *session);

/**
 * Stop, empty and close all ports, count what came back.
 *
 * @return
 *   0, or -1 when buffers are lost or something failed before (one line was printed).
 */
int
fwd_session_count_back(struct fwd_session *session);

/**
 * Stop, print the summary, empty and close all ports, count what came back.
 *
 * @return
 *   0, or -1 when buffers are lost or something failed before (one line was printed).
 */
int
fwd_session_close(struct fwd_session *session);

/** Free what is left. May be called after any of the above. */
void
fwd_session_free(struct fwd_session *session);

#endif /* FWD_SESSION_H */

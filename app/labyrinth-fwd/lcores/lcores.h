/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_LCORES_H
#define FWD_LCORES_H

/**
 * @file
 * Forwarding lcores and the streams they own.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine.h"
#include "interrupts.h"
#include "lockdown.h"
#include "meter.h"
#include "options.h"
#include "pools.h"
#include "ports.h"
#include "stream.h"
#include "streams.h"

/** Rounds each lcore makes before its figures count: first touches are no interruptions. */
#define FWD_WARMUP_ROUNDS 1024

/** In modes that do not allocate themselves, one get in so many rounds is measured. */
#define FWD_SAMPLE_ROUNDS 64

struct __rte_cache_aligned fwd_lcore {
	unsigned int id;
	unsigned int nb_streams;
	struct fwd_stream **streams;
	const struct fwd_engine *engine;
	const atomic_bool *stop;
	unsigned int sample_size; /**< buffers of a sampled get; 0: the engine measures */
	char cpus[64];            /**< CPUs it may run on */
	int cpu;                  /**< the only one of them, or -1; valid once ready is set */
	bool locked;              /**< no system call after the warm-up */
	pid_t tid;                /**< valid once ready is set */
	atomic_bool ready;        /**< warmed up: tid and warm may be read */
	atomic_bool finished;     /**< forwards no more, and waits until end has been read */
	atomic_bool released;     /**< end has been read */
	struct fwd_interrupts start;
	struct fwd_interrupts warm;
	struct fwd_interrupts end;
	struct app_counter rounds;   /**< turns of the loop after the warm-up */
	_Atomic uint64_t violations; /**< labyrinth's rules broken on this lcore */
	struct fwd_lockdown lockdown;
	struct fwd_meter meter;
};

struct fwd_lcores {
	unsigned int nb;
	struct fwd_lcore *lcore[RTE_MAX_LCORE];
	struct fwd_streams streams;
	atomic_bool stop;
	bool running;
};

/** How many lcores are to forward, or -1 when there are too few (one line was printed). */
int
fwd_lcores_count(const struct fwd_options *options);

/**
 * Make the streams and deal them out to lcores.
 *
 * @return
 *   0, or -1 (one line was printed); fwd_lcores_free() is due in both cases.
 */
int
fwd_lcores_assign(struct fwd_lcores *lcores, const struct fwd_options *options,
                  const struct fwd_ports *ports, const struct fwd_pools *pools);

/** Start forwarding. 0, or -1 (one line was printed) and nothing runs. */
int
fwd_lcores_launch(struct fwd_lcores *lcores);

/** Stop forwarding, wait for all lcores, free what streams hold; figures stay. */
void
fwd_lcores_stop(struct fwd_lcores *lcores);

/** Count packets from here on; may be called while lcores run. */
void
fwd_lcores_clear(struct fwd_lcores *lcores);

/** Have the lcores pass by all streams of a port; false: asked to stop before they do. */
bool
fwd_lcores_leave_port(struct fwd_lcores *lcores, uint16_t port);

/** An lcore that tried a system call though it is locked down, or NULL. */
const struct fwd_lcore *
fwd_lcores_offender(const struct fwd_lcores *lcores);

/** The lcore of that id, or NULL. Thread-safe. */
struct fwd_lcore *
fwd_lcores_of_id(struct fwd_lcores *lcores, unsigned int id);

/** Free streams and lcores. May be called twice. */
void
fwd_lcores_free(struct fwd_lcores *lcores);

/**
 * What has interrupted an lcore since its warm-up, while it runs.
 *
 * @return
 *   0, or -1 when it has not warmed up yet or /proc cannot be read.
 */
int
fwd_lcores_interrupts(struct fwd_lcore *lcore, struct fwd_interrupts *since);

#endif /* FWD_LCORES_H */

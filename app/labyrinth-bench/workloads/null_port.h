/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_NULL_PORT_H
#define BENCH_NULL_PORT_H

/**
 * @file
 * A net_null port: receives as fast as it can get buffers, and frees what it sends.
 */

#include <stdint.h>

#include "workload.h"

/** Make the port, if there is none, and let it receive from the worker's pool. 0, or -1. */
int
bench_null_prepare(struct bench_worker *worker);

/** Stop the port: it lets go of the pool. */
void
bench_null_finish(struct bench_worker *worker);

/** The port of a prepared worker. */
static inline uint16_t
bench_null_port(const struct bench_worker *worker)
{
	return (uint16_t)((uintptr_t)worker->state - 1);
}

#endif /* BENCH_NULL_PORT_H */

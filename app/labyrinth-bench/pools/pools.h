/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_POOLS_H
#define BENCH_POOLS_H

/**
 * @file
 * Pools with the same parameters, whatever the handler.
 */

#include <stdint.h>

#include <rte_mempool.h>

#include "handlers.h"
#include "workload.h"

/** Objects of at least that many bytes are mbufs with a data room. */
#define BENCH_LEAST_MBUF 384

/**
 * Create a pool for a cell.
 *
 * @param handler
 *   Its mempool handler.
 * @param cell
 *   Size of pool, objects and cache; where it is aged all objects are taken, shuffled and put
 *   back, in the same way for every handler.
 * @param cycles
 *   Set to what the creation took, without ageing; may be NULL.
 * @return
 *   The pool, for rte_mempool_free(), or NULL with rte_errno set.
 */
struct rte_mempool *
bench_pool_create(const struct bench_handler *handler, const struct bench_cell *cell,
                  uint64_t *cycles);

/** Print one line about a pool, if there is anything to tell. */
void
bench_pool_describe(const char *label, const struct rte_mempool *mp);

/** Objects a pool of a cell must have, for no get to fail. */
uint64_t
bench_pool_least(const struct bench_cell *cell);

/** Bytes that the pool of a cell takes, on pages of that size. */
uint64_t
bench_pool_bytes(const struct bench_cell *cell, uint64_t page);

#endif /* BENCH_POOLS_H */

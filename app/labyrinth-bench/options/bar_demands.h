/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_BAR_DEMANDS_H
#define BENCH_BAR_DEMANDS_H

/**
 * @file
 * What --bar asks of other options: its handlers, the sizes of its pools, its rounds.
 */

#define BENCH_BAR_RING   "ring_mp_mc"
#define BENCH_BAR_FAST   "labyrinth:profile=fast"
#define BENCH_BAR_GUARD  "labyrinth:profile=guard"
#define BENCH_BAR_STRICT "labyrinth:profile=strict"
#define BENCH_BAR_SHORT  "labyrinth:profile=strict,poison=64"

/** The handlers of all cells, as for --handlers. */
#define BENCH_BAR_HANDLERS BENCH_BAR_RING ",all," BENCH_BAR_SHORT

/** Objects of all pools but the larger ones. */
#define BENCH_BAR_SIZE 16383

/** Small objects, so that what is measured is not memory. */
#define BENCH_BAR_ELT 256

/** Larger pools. */
#define BENCH_BAR_LARGE 1048575

/** As few rounds as a median may come from. */
#define BENCH_BAR_ROUNDS 5

#endif /* BENCH_BAR_DEMANDS_H */

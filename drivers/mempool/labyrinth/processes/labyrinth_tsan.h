/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_TSAN_H
#define LABYRINTH_TSAN_H

#include <rte_mempool.h>

/*
 * The ops for this program: those given, or, in a program built with
 * -fsanitize=thread, ones that tell its runtime of every frame that changes hands.
 */
const struct rte_mempool_ops *
labyrinth_tsan_ops(const struct rte_mempool_ops *ops);

#endif /* LABYRINTH_TSAN_H */

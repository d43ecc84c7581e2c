/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_COUNTER_H
#define FWD_COUNTER_H

/**
 * @file
 * A number one thread writes and any thread reads while it changes.
 */

#include <stdatomic.h>
#include <stdint.h>

/** Written by its owner only. */
struct fwd_counter {
	_Atomic uint64_t value;
};

/** Add; only the owner may call it, so a load and a store do instead of a locked add. */
static inline void
fwd_counter_add(struct fwd_counter *counter, uint64_t n)
{
	uint64_t old = atomic_load_explicit(&counter->value, memory_order_relaxed);

	atomic_store_explicit(&counter->value, old + n, memory_order_relaxed);
}

/** Read; thread-safe. */
static inline uint64_t
fwd_counter_read(const struct fwd_counter *counter)
{
	return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

#endif /* FWD_COUNTER_H */

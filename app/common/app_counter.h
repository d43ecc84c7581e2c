/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_COUNTER_H
#define APP_COUNTER_H

/**
 * @file
 * A number one thread writes and any thread reads while it changes.
 */

#include <stdatomic.h>
#include <stdint.h>

/** Written by its owner only. */
struct app_counter {
	_Atomic uint64_t value;
};

/** Add; only the owner may call it, so a load and a store do instead of a locked add. */
static inline void
app_counter_add(struct app_counter *counter, uint64_t n)
{
	uint64_t old = atomic_load_explicit(&counter->value, memory_order_relaxed);

	atomic_store_explicit(&counter->value, old + n, memory_order_relaxed);
}

/** Read; thread-safe. */
static inline uint64_t
app_counter_read(const struct app_counter *counter)
{
	return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

#endif /* APP_COUNTER_H */

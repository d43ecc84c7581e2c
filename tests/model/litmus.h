/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LITMUS_H
#define LITMUS_H

/*
 * Put in front of the shipped headers and sources: their atomic operations become
 * steps of the explorer in litmus.c. Every message of a location that a relaxed or
 * acquire load may read under C11 (without load buffering) is tried.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

uint64_t
lit_load(const volatile void *at, unsigned int len, memory_order order);

void
lit_store(volatile void *at, unsigned int len, uint64_t value, memory_order order);

bool
lit_swap(volatile void *at, unsigned int len, void *old, uint64_t value, memory_order good,
         memory_order bad);

uint64_t
lit_add(volatile void *at, unsigned int len, uint64_t value, memory_order order);

uint64_t
lit_or(volatile void *at, unsigned int len, uint64_t value, memory_order order);

uint64_t
lit_and(volatile void *at, unsigned int len, uint64_t value, memory_order order);

uint64_t
lit_exchange(volatile void *at, unsigned int len, uint64_t value, memory_order order);

/* Plain words: a race is a failure. */
uint64_t
lit_read(const uint64_t *at);

void
lit_write(uint64_t *at, uint64_t value);

#undef atomic_load_explicit
#undef atomic_store_explicit
#undef atomic_compare_exchange_weak_explicit
#undef atomic_compare_exchange_strong_explicit
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_or_explicit
#undef atomic_fetch_and_explicit
#undef atomic_exchange_explicit
#undef atomic_signal_fence
#define atomic_load_explicit(at, order)         lit_load((at), sizeof(*(at)), (order))
#define atomic_store_explicit(at, value, order) lit_store((at), sizeof(*(at)), (value), (order))
#define atomic_compare_exchange_weak_explicit(at, old, value, good, bad) \
	lit_swap((at), sizeof(*(at)), (old), (value), (good), (bad))
#define atomic_compare_exchange_strong_explicit     atomic_compare_exchange_weak_explicit
#define atomic_fetch_add_explicit(at, value, order) lit_add((at), sizeof(*(at)), (value), (order))
#define atomic_fetch_sub_explicit(at, value, order) \
	lit_add((at), sizeof(*(at)), -(uint64_t)(value), (order))
#define atomic_fetch_or_explicit(at, value, order)  lit_or((at), sizeof(*(at)), (value), (order))
#define atomic_fetch_and_explicit(at, value, order) lit_and((at), sizeof(*(at)), (value), (order))
#define atomic_exchange_explicit(at, value, order) \
	lit_exchange((at), sizeof(*(at)), (value), (order))
#define atomic_signal_fence(order) ((void)(order))

#endif /* LITMUS_H */

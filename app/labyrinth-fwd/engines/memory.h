/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_MEMORY_H
#define FWD_MEMORY_H

/**
 * @file
 * Memory of this program's own, beside packets.
 *
 * A primary process takes it from EAL, on the NUMA socket and in huge pages. A
 * secondary does not: EAL's heap is shared, and one that is killed in a call of
 * it leaves it locked for all others; nor can it be used any more once the
 * primary has ended.
 */

#include <stddef.h>

/** Zeroed bytes on a cache line's boundary, on that socket where there is a choice; or NULL. */
void *
fwd_memory_take(const char *name, size_t bytes, int socket);

/** Give them back; NULL is nothing. */
void
fwd_memory_give(void *memory);

#endif /* FWD_MEMORY_H */

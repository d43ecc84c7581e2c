/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_VECTOR_H
#define LAB_VECTOR_H

/*
 * The loops of sealed.c for processors with AVX-512: the same results. Which is
 * used is each process's own choice, made when it is loaded.
 */

#include "labyrinth_private.h"

#if defined(__x86_64__)
#define LAB_HAS_VECTOR 1
#else
#define LAB_HAS_VECTOR 0
#endif

/* Frames that the vector loops deal with at a time. */
#define LAB_VECTOR_FRAMES 8

/* Does this processor have what the vector loops need? Tests switch it off. */
extern __attribute__((visibility("hidden"))) bool lab_vector;

/*
 * As lab_free_singly_while_good() of all, LAB_VECTOR_FRAMES at a time as long as there are
 * so many good ones. The labyrinth's window must have a wall bit for every slot.
 */
uint32_t
lab_free_blocks_while_good(const struct labyrinth *lab, void *const *frames, uint32_t n,
                           uint64_t put, uint32_t *ids);

#endif /* LAB_VECTOR_H */

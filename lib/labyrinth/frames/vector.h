/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_VECTOR_H
#define LAB_VECTOR_H

/* Vectors for what frames contain; each process's own choice, made when it is loaded. */

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__)
#define LAB_HAS_VECTOR 1
#else
#define LAB_HAS_VECTOR 0
#endif

/* Does this processor have what the vector loops need? Tests switch it off. */
extern __attribute__((visibility("hidden"))) bool lab_vector;

#endif /* LAB_VECTOR_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FAULTS_INNER_H
#define FAULTS_INNER_H

#include "faults.h"

/* Is it this call that should fail? Sets errno if so. */
bool
fault_due(enum fault fault, const void *caller);

/* Is the caller in the driver? */
bool
fault_by_driver(const void *caller);

/* The function that ours stands in front of. */
void *
fault_real(const char *name);

#define FAULT_DUE(fault) fault_due((fault), __builtin_return_address(0))

/* Calls the real function; its name as text is what the linker knows it by. */
#define FAULT_REAL(function, symbol, ...)                            \
	({                                                           \
		static __typeof__(&function) real;                   \
		if (real == NULL)                                    \
			real = (__typeof__(real))fault_real(symbol); \
		real(__VA_ARGS__);                                   \
	})

#endif /* FAULTS_INNER_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FUZZ_TOLD_H
#define FUZZ_TOLD_H

/* Violations that the library told of during one call. */

#include "labyrinth_violation.h"

#define TOLD_MAX 2048

struct told {
	struct labyrinth_violation list[TOLD_MAX];
	uint32_t count;
};

extern struct told told;

/* Listen from now on, with nothing told yet. */
void
told_clear(void);

#endif /* FUZZ_TOLD_H */

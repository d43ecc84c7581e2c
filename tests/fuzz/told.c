/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "fuzz.h"
#include "told.h"

struct told told;

static void
listen(const struct labyrinth_violation *violation)
{
	FUZZ_EXPECT(told.count < TOLD_MAX, "more violations than there can be");
	told.list[told.count++] = *violation;
}

void
told_clear(void)
{
	labyrinth_violation_handler(listen);
	told.count = 0;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef UNIT_MISUSE_H
#define UNIT_MISUSE_H

/*
 * One function for each way to misuse a frame, with what must come of it. Each
 * is run twice: where a violation stops the process, and where it is reported.
 */

#include "unit.h"

#define UNIT_STRICT (LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON)

struct unit_misuse {
	const char *name;
	void (*fn)(struct unit_lab *u);
	enum labyrinth_violation_kind kind;
	uint32_t flags; /* the least that finds it */
	uint32_t lost;  /* frames out of circulation afterwards */
	uint32_t kept;  /* frames that the misuse has got and not put back */
};

extern const struct unit_misuse unit_misuses[];
extern const size_t unit_misuses_len;

/* The lane that misuses. */
#define UNIT_MISUSE_LANE 2

#endif /* UNIT_MISUSE_H */

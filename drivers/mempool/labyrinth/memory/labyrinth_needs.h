/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_NEEDS_H
#define LABYRINTH_NEEDS_H

/*
 * What the devices that are there ask of a maze.
 */

#include <stdint.h>

struct labyrinth_needs {
	char eal_why[160];      /* why a maze would not serve; empty: it does */
	char halls_why[160];    /* why so few halls; empty: nobody asks for few */
	uint32_t halls;         /* most halls; 0: one for each block */
	unsigned int addr_bits; /* addresses must lie below 2 to this power */
};

/* Ask all devices. Not thread-safe beside one that is being plugged or unplugged. */
void
labyrinth_needs_find(struct labyrinth_needs *needs);

#endif /* LABYRINTH_NEEDS_H */

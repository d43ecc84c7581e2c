/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_DWFL_H
#define LABYRINTH_DWFL_H

/*
 * Debug information, read by elfutils' libdw if that is installed. It is loaded
 * when the first report needs it. Programs need it neither to build nor to run.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in the source. The texts are the caller's to keep: they are copies. */
struct labyrinth_source {
	char function[96];
	char file[192];
	int line;  /* 0: not known */
	bool dpdk; /* in a header of DPDK, though nobody of the program is known to have called it
	            */
};

/*
 * Function, file and line of an address of this process. Calls that DPDK's
 * headers inlined are told as the place that called them. False when nothing is
 * known, not even the function. One thread at a time.
 */
bool
labyrinth_dwfl_find(uintptr_t address, struct labyrinth_source *source);

#endif /* LABYRINTH_DWFL_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_LOOPS_H
#define LAB_LOOPS_H

/*
 * The loops over frames that are checked, in the form that suits the processor. The data
 * path has them inside of itself; these are for calls that it does not serve.
 */

#include "labyrinth_private.h"

struct lab_loops {
	/*
	 * Own the n frames in front of `top`, 1 or more, from there downwards, which are free
	 * and in the room that LAB_WORD_IN() tells. Stops at the first that is not; tells how
	 * many were. These are left in `frames` in the order of the room; what is behind them
	 * there has no meaning.
	 */
	uint32_t (*own)(const struct labyrinth *lab, void *const *top, uint32_t n, uint64_t in,
	                uint32_t own, void **frames);
	/*
	 * Free these frames, which are owned, and note them. Stops at the first that is no
	 * owned frame at first sight; tells how many were.
	 */
	uint32_t (*free)(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put,
	                 void **to);
};

extern const struct lab_loops lab_loops_plain;
#ifdef LAB_HAS_PATHS
extern const struct lab_loops lab_loops_bmi2;
#endif

/* Those that serve: chosen with the data path. */
extern __attribute__((visibility("hidden"))) const struct lab_loops *lab_loops;

#endif /* LAB_LOOPS_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_PATH_H
#define LAB_PATH_H

/*
 * The data path, in the form that suits the processor. All forms are made from
 * exchange_fast.h and give the same results; which one serves is each process's own
 * choice, made when the library is loaded.
 */

#include "labyrinth_private.h"
#include "loops.h"

struct lab_path {
	const char *name;
	/* As labyrinth_get_here() and labyrinth_put_here(). */
	int (*get)(struct labyrinth *lab, void **frames, uint32_t n, const void *site);
	int (*put)(struct labyrinth *lab, void *const *frames, uint32_t n, const void *site);
	/* As labyrinth_get_from() and labyrinth_put_from(). */
	int (*get_from)(struct labyrinth *lab, void **frames, uint32_t n, uint32_t lane,
	                const void *site);
	int (*put_from)(struct labyrinth *lab, void *const *frames, uint32_t n, uint32_t lane,
	                const void *site);
	/* The loops that it is made from, for calls that it does not serve. */
	const struct lab_loops *loops;
};

extern const struct lab_path lab_path_plain;
#ifdef LAB_HAS_PATHS
extern const struct lab_path lab_path_bmi2;
#endif

/* The one that serves. */
extern __attribute__((visibility("hidden"))) const struct lab_path *lab_path;

/* Have this one serve from now on, with its loops; tests choose another one. */
void
lab_path_use(const struct lab_path *path);

/* Forms that this processor can use, the best one first; NULL after the last. */
const struct lab_path *
lab_path_nth(uint32_t n);

#endif /* LAB_PATH_H */

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
	/*
	 * Own the n frames in front of `top`, from there downwards, which are free and in
	 * the room that LAB_WORD_IN() tells. Stops at the first that is not; tells how many
	 * were.
	 */
	uint32_t (*own)(const struct labyrinth *lab, void *const *top, uint32_t n, uint64_t in,
	                uint64_t own, void **frames);
	/*
	 * Free these frames, which are owned, and note them. Stops at the first that is no
	 * owned frame at first sight; tells how many were.
	 */
	uint32_t (*free)(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put,
	                 void **to);
};

extern const struct lab_path lab_path_plain;
#ifdef LAB_HAS_PATHS
extern const struct lab_path lab_path_bmi2;
extern const struct lab_path lab_path_avx512;
#endif

/* The one that serves; tests choose another one. */
extern __attribute__((visibility("hidden"))) const struct lab_path *lab_path;

/* Forms that this processor can use, the best one first; NULL after the last. */
const struct lab_path *
lab_path_nth(uint32_t n);

#endif /* LAB_PATH_H */

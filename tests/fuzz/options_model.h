/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef OPTIONS_MODEL_H
#define OPTIONS_MODEL_H

/*
 * What the user guide says about options, in code that shares nothing with the
 * driver's: which texts are good, and what they make of the options of a pool.
 */

#include <stdbool.h>
#include <stddef.h>

#include "labyrinth_options.h"

/* What the four places say; NULL: nothing. Texts end with their length. */
struct model_places {
	const char *pool; /* name of the pool */
	const char *file;
	const char *environment;
	const char *pool_config;
};

/*
 * The options under all of them, or false where they are refused; `blame` is then
 * a word that the message should have, or "".
 */
bool
model_options(const struct model_places *places, struct labyrinth_options *options, char blame[64]);

#endif /* OPTIONS_MODEL_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef PAIR_H
#define PAIR_H

/* One crash twice, each in a child process: with our signal handlers and without. */

#include <stdbool.h>
#include <stdint.h>

#include "labyrinth_signals.h"

#define PAIR_TEXT_LEN 4096

struct pair_end {
	int status; /* as of waitpid() */
	char text[PAIR_TEXT_LEN];
};

struct pair {
	struct pair_end without;
	struct pair_end with;
	bool core; /* the child without left one */
};

/*
 * Run both, at most 20 seconds each. Tells whether they wrote the same and ended the
 * same, core or no core included.
 */
bool
pair_run(struct pair *pair, void (*child)(bool ours));

void
pair_print(const struct pair *pair);

#endif /* PAIR_H */

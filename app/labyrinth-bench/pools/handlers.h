/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_HANDLERS_H
#define BENCH_HANDLERS_H

/**
 * @file
 * Mempool handlers to compare: `name` or `name:key=value,key=value`.
 */

#include <stdbool.h>

#define BENCH_MAX_HANDLERS 32

struct bench_handler {
	char *label;         /**< as the user wrote it */
	char *name;          /**< of the mempool ops */
	const char *options; /**< behind the colon, or NULL */
	bool expanded;       /**< stands for the word all: may be left out */
	bool described;      /**< what its pools are has been printed */
};

struct bench_handlers {
	unsigned int nb;
	struct bench_handler handler[BENCH_MAX_HANDLERS];
};

/**
 * Add a list of handlers. After a comma a word with `=` goes on with the
 * options of the handler before it.
 *
 * @return
 *   0, or -1 (one line was printed); bench_handlers_free() is due in both cases.
 */
int
bench_handlers_add(struct bench_handlers *handlers, const char *list);

/** Index of a handler by its label, or -1. */
int
bench_handlers_find(const struct bench_handlers *handlers, const char *label);

/**
 * When EAL is up: put every registered handler without hardware in place of the word `all`, and
 * see that the others are registered.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
bench_handlers_resolve(struct bench_handlers *handlers);

/** Forget one. */
void
bench_handlers_remove(struct bench_handlers *handlers, unsigned int index);

/** May several lcores use a pool of this handler at once? */
bool
bench_handler_is_shared(const struct bench_handler *handler);

void
bench_handlers_free(struct bench_handlers *handlers);

#endif /* BENCH_HANDLERS_H */

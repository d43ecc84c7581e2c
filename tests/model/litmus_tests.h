/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LITMUS_TESTS_H
#define LITMUS_TESTS_H

/* Between the explorer (litmus.c) and its tests (litmus_tests.c). */

#include <stdint.h>

#define LIT_THREADS 3

struct lit_test {
	const char *name;
	void (*prepare)(void);
	void (*run[LIT_THREADS])(void);
	uint32_t most; /* changes of threads where others could go on */
	void (*end)(void);
};

extern const struct lit_test lit_tests[];
extern const uint32_t lit_tests_count;

/* Before each run: everything as it was at first. */
void
lit_reset(void);

/* Ends the run. */
void
lit_fail(const char *what);

#define LIT_CHECK(condition)                  \
	do {                                  \
		if (!(condition))             \
			lit_fail(#condition); \
	} while (0)

/* Who looks at the end knows what each thread has written. */
void
lit_join_all(void);

#endif /* LITMUS_TESTS_H */

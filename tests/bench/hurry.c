/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * For LD_PRELOAD: a clock that says it ticks HURRY times slower than it does.
 *
 * mempool_perf_autotest spends five seconds on each of 720 combinations, an
 * hour for one handler. With this, unmodified, it spends 5/HURRY seconds; its
 * rates shrink by the same factor for every handler, so their ratios stay.
 */

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t
rte_get_tsc_hz(void);

uint64_t
rte_get_tsc_hz(void)
{
	static uint64_t (*real)(void);
	const char *text = getenv("HURRY");
	uint64_t factor = text != NULL ? strtoull(text, NULL, 10) : 1;
	void *symbol;

	if (real == NULL) {
		symbol = dlsym(RTLD_NEXT, "rte_get_tsc_hz");
		if (symbol == NULL) {
			fprintf(stderr, "hurry: %s\n", dlerror());
			exit(EXIT_FAILURE);
		}
		/* ISO C has no conversion from a data to a function pointer. */
		memcpy(&real, &symbol, sizeof(real));
	}
	return real() / (factor > 0 ? factor : 1);
}

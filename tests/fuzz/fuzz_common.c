/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define TOTALS_MAX 16

static struct {
	const char *name;
	uint64_t n;
} totals[TOTALS_MAX];

/* On standard output, where libFuzzer prints nothing. */
static void
totals_print(void)
{
	unsigned int i;

	printf("total:");
	for (i = 0; i < TOTALS_MAX && totals[i].name != NULL; i++)
		printf("%s %" PRIu64 " %s", i == 0 ? "" : ",", totals[i].n, totals[i].name);
	printf("\n");
}

void
fuzz_count(const char *name, uint64_t n)
{
	unsigned int i;

	for (i = 0; i < TOTALS_MAX; i++) {
		if (totals[i].name == NULL) {
			if (i == 0)
				atexit(totals_print);
			totals[i].name = name;
		}
		if (strcmp(totals[i].name, name) == 0) {
			totals[i].n += n;
			return;
		}
	}
}

void
fuzz_finding(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "finding: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	abort();
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_KERNEL_H
#define LABYRINTH_KERNEL_H

/* What the kernel tells: files of one number, clocks, whether there is memory. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* The number that a file begins with; `none` where it cannot be read. */
static inline uint64_t
labyrinth_kernel_number(const char *path, int base, uint64_t none)
{
	FILE *file = fopen(path, "re");
	uint64_t number = none;
	char text[64];
	char *end;

	if (file == NULL)
		return none;
	if (fgets(text, sizeof(text), file) != NULL) {
		number = strtoull(text, &end, base);
		number = end == text ? none : number;
	}
	fclose(file);
	return number;
}

/* A clock of the kernel, in nanoseconds. Async-signal-safe. */
static inline uint64_t
labyrinth_kernel_ns(clockid_t clock)
{
	struct timespec now = {0};

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* Is there memory at this address? Asked by a call that containers do not refuse. */
static inline bool
labyrinth_kernel_mapped(const void *at)
{
	uintptr_t page = (uintptr_t)at & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
	unsigned char there;

	return mincore((void *)page, 1, &there) == 0;
}

#endif /* LABYRINTH_KERNEL_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_KERNEL_H
#define LABYRINTH_KERNEL_H

/* What the kernel tells in files of one number. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

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

#endif /* LABYRINTH_KERNEL_H */

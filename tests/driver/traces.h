/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef DRIVER_TRACES_H
#define DRIVER_TRACES_H

/*
 * Traces a pool leaves in a process and in EAL, to be compared before and after.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct traces {
	uint64_t huge;     /* bytes of huge pages this process has mapped */
	uint64_t mappings; /* lines of its memory map */
	uint64_t files;    /* its open files */
	uint64_t memzones;
	uint64_t lists; /* memory segment lists, external ones included */
	uint64_t pools;
	uint64_t heap;   /* bytes allocated of EAL's heaps */
	uint64_t blocks; /* allocations these bytes are */
};

/* What EAL and the driver allocate once for all pools: have them do it. */
void
traces_warm_up(void);

void
traces_take(struct traces *traces);

/* Does nothing differ? `text` says what does. */
bool
traces_same(const struct traces *before, char *text, size_t size);

/* One result: whether nothing differs, and what does. */
void
traces_check(const char *what, const struct traces *before);

#endif /* DRIVER_TRACES_H */

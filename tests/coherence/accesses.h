/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef COHERENCE_ACCESSES_H
#define COHERENCE_ACCESSES_H

/*
 * How a program tells the simulator of caches which lcore works: one thread does the work of
 * all of them, and writes to a place that is known to both whenever another one goes on.
 */

#include <stdint.h>

#define MARKS_AT   UINT64_C(0x600000000000)
#define MARKS_LEN  4096
#define LCORES_MAX 64

/* Places of eight bytes: first one for each lcore, then these. */
enum mark {
	MARK_NOBODY = LCORES_MAX, /* what follows does not count */
	MARK_COUNT,               /* from here on moves are counted */
	MARK_PACKET,              /* one more packet was got and put */
	MARKS,
};

#endif /* COHERENCE_ACCESSES_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_SHARE_H
#define LABYRINTH_SHARE_H

/*
 * Mazes in more than one process. The primary makes them and keeps a list of
 * them; each secondary maps what is on the list, at the same addresses.
 */

#include <rte_eal.h>

#include "labyrinth_pool.h"

/* A secondary asks the primary for a maze, over EAL's own channel. */
#define LABYRINTH_IPC_MAZE "labyrinth_maze"

struct labyrinth_question {
	uint64_t cookie; /* of the primary that is meant */
	uint32_t id;     /* number of the maze */
};

/*
 * With two descriptors: the memory, and the slot of each block. With none, and no
 * blocks, for a pool inside of 1 GiB pages, which are told of by themselves.
 */
struct labyrinth_answer {
	int32_t status; /* 0, or a negative errno: then nothing else holds */
	uint32_t slots;
	uint32_t blocks;
	uint32_t pages;
	uint64_t entrance;
	uint64_t mp;
	char pool[RTE_MEMPOOL_NAMESIZE];
};

_Static_assert(sizeof(struct labyrinth_answer) <= RTE_MP_MAX_PARAM_LEN, "larger than a message");

/*
 * Be ready for other processes: once, when EAL has found out what this process
 * is. In a secondary this maps all mazes there are; when one cannot be mapped,
 * EAL is made to fail.
 */
void
labyrinth_share_start(void);

/* The primary: answer questions. Returns 0, or -ENOTSUP where EAL has no channel. */
int
labyrinth_share_listen(void);

/*
 * The primary: have all secondaries map a pool's maze, and wait until they have.
 * Returns 0; -ENOSPC with too many mazes; -EADDRINUSE when one cannot map it,
 * which then should be dropped.
 */
int
labyrinth_share_add(const struct rte_mempool *mp, struct labyrinth_pool *pool);

/* The primary: have all secondaries unmap it, and wait until they have. */
void
labyrinth_share_remove(struct labyrinth_pool *pool);

/*
 * A secondary: map all mazes there are, then follow what the primary says of
 * them. Returns 0, or a negative errno after one log line for each that cannot
 * be mapped.
 */
int
labyrinth_follow_start(void);

/*
 * A secondary, in a signal handler: if there are mazes that the following thread
 * has not mapped yet, wait until it has. After a process was stopped, other
 * threads may be faster. Tells whether it was worth waiting.
 */
bool
labyrinth_follow_catch_up(void);

#endif /* LABYRINTH_SHARE_H */

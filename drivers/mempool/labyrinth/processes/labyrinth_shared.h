/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_SHARED_H
#define LABYRINTH_SHARED_H

/*
 * What the processes that share pools must know of each other, in a file of
 * EAL's runtime directory. Not in a memzone: a secondary process reads it
 * before EAL has attached to any memory. Pools themselves lie in EAL's memory
 * and in mazes.
 *
 * EAL opens and closes files whose names begin as those of its own shared arrays do, which
 * takes away the record locks that tell who lives: so this one is called otherwise. What a killed
 * primary leaves the next one replaces.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_mempool.h>

#include "labyrinth_processes.h"

#define LABYRINTH_SHARED_MAGIC 0x4c41425348415246ull
/* EAL knows at most as many pieces of external memory, among them the mazes. */
#define LABYRINTH_MAZES_MAX RTE_MAX_MEMSEG_LISTS

/* A process: free if `who` is 0. */
struct labyrinth_entry {
	_Atomic uint64_t who;    /* process id (22 bits), start time (42 bits) */
	_Atomic uint64_t answer; /* to a call: its number (32 bits), errno */
	_Atomic uint64_t holder; /* who takes it over, or recovers what it had; else 0 */
	_Atomic uint32_t ended;  /* it ended by itself, or is about to */
};

/* Which plugin the primary has. This part stands first in every version. */
struct labyrinth_shared_head {
	uint64_t magic;
	uint64_t layout;  /* of what lies in shared memory: differs where that does */
	char version[32]; /* of the project, for people */
};

struct labyrinth_shared {
	struct labyrinth_shared_head head;
	uint64_t cookie; /* random: tells one primary process from the next */
	/* Mempool ops as the primary's table has them, by index. */
	uint32_t ops_count;
	char ops[RTE_MEMPOOL_MAX_OPS_IDX][RTE_MEMPOOL_OPS_NAMESIZE];
	/*
	 * Mazes that secondary processes are to map: their numbers, 0 for none. The
	 * primary changes the list, then advances `call`, on which secondaries wait.
	 */
	_Atomic uint32_t call;
	_Atomic uint32_t maze[LABYRINTH_MAZES_MAX];
	struct labyrinth_entry process[LABYRINTH_PROCESSES];
};

/* Never NULL; what a process without secondaries has is its own. */
extern struct labyrinth_shared *labyrinth_shared;

/*
 * Make it (in the primary) or find it (in a secondary). In the primary only
 * the first call does something. Returns 0; in the primary -ENOTSUP where
 * there are no secondaries; in a secondary -ENOENT when the primary did not load the
 * driver. Other errors after one log line.
 */
int
labyrinth_shared_open(void);

/* Can there be secondary processes? */
bool
labyrinth_shared_is_open(void);

/* There can be from now on. */
void
labyrinth_shared_set_open(void);

/* Claim an entry for this process. Returns 0, or -ENOSPC after one log line. */
int
labyrinth_process_claim(void);

/*
 * In a child of fork(): it has neither lanes nor an entry, and no mazes. False for who forks
 * before EAL is started, and had none of them either.
 */
bool
labyrinth_process_forked(void);

/* Note the primary's table of mempool ops. */
void
labyrinth_ops_publish(void);

/*
 * Make this process's table of mempool ops agree with the primary's. Pools
 * name their ops by an index.
 */
void
labyrinth_ops_adopt(void);

#endif /* LABYRINTH_SHARED_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef PROCESSES_PEER_H
#define PROCESSES_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mempool.h>

/* Do one command; prints one line. words[0] is its name. */
void
peer_command(const char **words, unsigned int n);

/*
 * Get, write, check and put bulks of random sizes, so many times. Returns how
 * many buffers had a value that another owner wrote; failed gets are no harm.
 */
uint64_t
peer_churn(struct rte_mempool *mp, uint64_t rounds);

/* Buffers of this size are written and checked as a whole. */
#define PEER_BYTES 512

/* Write what only this process, and only now, would write. */
void
peer_mark(void *object, uint64_t value);

/* Does it still hold that? */
int
peer_holds(const void *object, uint64_t value);

/* What a recovery found, or its error, in one line. */
void
peer_recover(struct rte_mempool *mp, bool reclaims);

/*
 * Enter a lane as a thread without an lcore id does, take a room, and stay there: who is
 * killed then is killed in the middle of a call.
 */
void
peer_enter(struct rte_mempool *mp);

/* Say that these are another process's; one line. */
void
peer_hand_over(struct rte_mempool *mp, void *const *objs, unsigned int n, unsigned int process);

/*
 * Walls of a pool's maze that a walk over EAL's contiguous memory meets, and in how
 * many ranges the maze is there. Negative: the walk failed, or pages were missed.
 */
int64_t
peer_walls_seen(const struct rte_mempool *mp, uint64_t *ranges);

/*
 * exec: another program in this process, that lasts for a while. fork: be killed, while a
 * child lives on. close: close every descriptor but those that commands come and go by.
 */
bool
peer_leave(const char *how);

/* Take all addresses a maze could get that are free in this process. */
uint64_t
peer_take_all(void);

#endif /* PROCESSES_PEER_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_REPORT_TEXT_H
#define LABYRINTH_REPORT_TEXT_H

/*
 * The parts of a report in words.
 */

#include <stdbool.h>

#include "labyrinth_pool.h"
#include "labyrinth_report.h"
#include "labyrinth_symbol.h"

/* All that the parts of one report look at. */
struct labyrinth_told {
	const struct labyrinth_violation *violation;
	const struct labyrinth_pool *pool;
	struct labyrinth_calls calls;                     /* that led here */
	struct labyrinth_move moves[LABYRINTH_TRACE_MAX]; /* of the frame, newest first */
	uint32_t moved;
	/* Of the frame in front; of a foreign pointer, those of the buffer it leads to. */
	struct labyrinth_move before_moves[LABYRINTH_TRACE_MAX];
	uint32_t before_moved;
	bool colour; /* for a terminal */
};

/* "lcore 3", or what stands for none. */
void
labyrinth_tell_lcore(char *text, size_t len, uint32_t lane);

/* Where a move was asked for, in words; one of another process cannot be resolved. */
void
labyrinth_tell_site(const struct labyrinth_told *told, const struct labyrinth_move *move,
                    char *text, size_t len, bool brief);

/* The place in the program that tripped, in few words. */
void
labyrinth_tell_now(const struct labyrinth_told *told, char *text, size_t len);

/* Log what a pointer that is no frame of its pool points to; notes the moves of that. */
void
labyrinth_tell_foreign(struct labyrinth_told *told);

/* Log the fields of an mbuf and the start of its packet; nothing if the pool has none. */
void
labyrinth_tell_mbuf(const struct rte_mempool *mp, const void *frame, size_t frame_len);

/* Log what follows from all that, and how to learn more. */
void
labyrinth_tell_conclusion(const struct labyrinth_told *told);

/* Log how to run this program again so that its next report names the calls. */
void
labyrinth_tell_command(const struct labyrinth_told *told);

#endif /* LABYRINTH_REPORT_TEXT_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_TRACE_H
#define LAB_TRACE_H

/*
 * Trace: what a frame remembers of its latest moves, in front of its header.
 */

#include "labyrinth_private.h"

/* Nothing is remembered of a frame that is being added. */
void
lab_trace_clear(const struct labyrinth *lab, void *frame);

/* Remember a move of a frame that the caller owns or holds. */
void
lab_trace_note(const struct labyrinth *lab, void *frame, uint64_t own, const void *site,
               bool put);

#endif /* LAB_TRACE_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_TRACE_H
#define LAB_TRACE_H

/*
 * Trace: what is remembered of every frame's latest moves. It stands beside the
 * labyrinth's other state, where no overflow of a frame reaches it.
 */

#include "labyrinth_private.h"

/* Bytes that notes of so many moves of so many frames take. */
size_t
lab_trace_len(uint32_t frames, uint32_t moves);

/* Have a place for what is remembered of a frame that is being added. */
void
lab_trace_add(const struct labyrinth *lab, const void *frame);

/* Remember a move of a frame that the caller owns or holds. */
void
lab_trace_note(const struct labyrinth *lab, void *frame, uint32_t own, const void *site, bool put);

#endif /* LAB_TRACE_H */

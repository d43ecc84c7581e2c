/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_LAYOUT_H
#define LABYRINTH_LAYOUT_H

/**
 * @file
 * Frame layout: where in a piece of memory the frames lie. What the frames
 * leave over is spread between them in random gaps of whole cache lines, the
 * first of which is the piece's colour.
 */

#include <stddef.h>
#include <stdint.h>

#include "labyrinth_entropy.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A layout under way; plain memory of the caller's. */
struct labyrinth_layout {
	struct labyrinth_entropy *ent; /**< where gaps are drawn from */
	size_t at;                     /**< offset behind the last frame placed */
	size_t slack;                  /**< units not needed by the frames to come */
	size_t unit;                   /**< bytes frames are aligned to */
	size_t stride;                 /**< bytes of a frame */
	uint32_t left;                 /**< frames to come */
};

/**
 * How many frames fit. Thread-safe.
 *
 * @param len
 *   Bytes of memory.
 * @param stride
 *   Bytes of a frame.
 * @return
 *   Frames.
 */
static inline size_t
labyrinth_layout_fits(size_t len, size_t stride)
{
	return stride == 0 ? 0 : len / stride;
}

/**
 * Begin to lay out frames. Not thread-safe.
 *
 * @param layout
 *   Filled in.
 * @param len
 *   Bytes of memory.
 * @param stride
 *   Bytes of a frame, a multiple of unit.
 * @param unit
 *   Bytes that frames and gaps are multiples of.
 * @param frames
 *   Frames to place, at most labyrinth_layout_fits().
 * @param ent
 *   Where gaps are drawn from; used until the last frame is placed.
 */
void
labyrinth_layout_begin(struct labyrinth_layout *layout, size_t len, size_t stride, size_t unit,
                       uint32_t frames, struct labyrinth_entropy *ent);

/**
 * Place the next frame. Not thread-safe.
 *
 * @param layout
 *   The layout, with frames left to place.
 * @return
 *   Offset of the frame: behind all earlier ones, a multiple of unit.
 */
size_t
labyrinth_layout_next(struct labyrinth_layout *layout);

#ifdef __cplusplus
}
#endif

#endif /* LABYRINTH_LAYOUT_H */

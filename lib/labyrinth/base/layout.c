/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "labyrinth_layout.h"

void
labyrinth_layout_begin(struct labyrinth_layout *layout, size_t len, size_t stride, size_t unit,
                       uint32_t frames, struct labyrinth_entropy *ent)
{
	*layout = (struct labyrinth_layout){
		.ent = ent,
		.slack = (len - stride * frames) / unit,
		.unit = unit,
		.stride = stride,
		.left = frames,
	};
}

/*
 * A gap between nothing and twice its fair share of the slack. Where there is
 * less than one unit a frame, most gaps are empty and some are one unit.
 */
static size_t
gap_draw(const struct labyrinth_layout *layout)
{
	uint64_t shares = (uint64_t)layout->left + 1;
	uint64_t bound = 2 * (uint64_t)layout->slack + shares;
	size_t gap;

	if (bound > UINT32_MAX)
		bound = UINT32_MAX;
	gap = labyrinth_entropy_below(layout->ent, (uint32_t)bound) / shares;
	return gap < layout->slack ? gap : layout->slack;
}

size_t
labyrinth_layout_next(struct labyrinth_layout *layout)
{
	size_t gap = gap_draw(layout);
	size_t at = layout->at + gap * layout->unit;

	layout->slack -= gap;
	layout->left--;
	layout->at = at + layout->stride;
	return at;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef UNIT_PAGES_H
#define UNIT_PAGES_H

/* A labyrinth of raw pages in a maze of 4 KiB pages. */

#include <errno.h>

#include "unit_maze.h"

struct unit_pages {
	labyrinth_t *lab;
	struct labyrinth_maze maze;
	uint32_t slot_of[4];
	uint32_t pages;
	void **got; /* place for all pages */
};

/* All pages of so many blocks (at most 4). */
bool
unit_pages_make(struct unit_pages *p, uint32_t blocks, uint32_t flags);

/* At most so many pages. */
bool
unit_pages_make_some(struct unit_pages *p, uint32_t blocks, uint32_t flags, uint32_t most);

void
unit_pages_drop(struct unit_pages *p);

/* Does a page lie in a block of the maze? */
bool
unit_pages_inside(const struct unit_pages *p, const void *page);

/* A number for each page, blocks in order. */
uint32_t
unit_pages_index(const struct unit_pages *p, const void *page);

#endif /* UNIT_PAGES_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_GIGA_H
#define LABYRINTH_GIGA_H

/**
 * @file
 * Mazes inside of 1 GiB pages, which many pools share.
 *
 * The kernel maps a 1 GiB page in one piece, so there can be no wall inside of
 * it. Each page lies in a cell of 2 GiB, at a random place in a range at a random
 * base, with a wall of 512 MiB on both sides. A maze takes blocks of 2 MiB from
 * the pages, chosen at random among all that are free, and gives them back when
 * it ends: what lies beside a block may belong to another maze.
 */

#include "labyrinth_entropy.h"
#include "labyrinth_maze.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a page. */
#define LABYRINTH_GIGA_LEN ((size_t)1 << 30)
/** Blocks of a page. */
#define LABYRINTH_GIGA_BLOCKS 512u
/** Bytes of the wall on each side of a page. */
#define LABYRINTH_GIGA_WALL ((size_t)1 << 29)
/** Slots of a cell: the page and both walls. */
#define LABYRINTH_GIGA_CELL_SLOTS 1024u
/** Most cells: twice as many as pages can be used. */
#define LABYRINTH_GIGA_CELLS_MAX 256u
/** Fewest cells. */
#define LABYRINTH_GIGA_CELLS_MIN 16u

/** A page in its cell. */
struct labyrinth_giga_page {
	/** The page alone, as another process attaches it; entrance NULL: there is none. */
	struct labyrinth_maze maze;
	uint64_t taken[LABYRINTH_GIGA_BLOCKS / 64]; /**< one bit for each block that is in use */
	uint32_t used;                              /**< how many those are */
	int node;                                   /**< NUMA node, or LABYRINTH_NODE_ANY */
};

/** All pages of a process. Its owner sets it to zero once. */
struct labyrinth_giga {
	void *entrance; /**< first address of the range; NULL: not open */
	uint32_t cells; /**< how many the range has */
	uint32_t pages; /**< how many of them have a page */
	struct labyrinth_entropy ent;
	uint32_t slot_of[LABYRINTH_GIGA_BLOCKS]; /**< of each block in its cell */
	struct labyrinth_giga_page page[LABYRINTH_GIGA_CELLS_MAX];
};

/** Cells of a range with room for so many pages, where addresses suffice. Thread-safe. */
uint32_t
labyrinth_giga_cells(uint32_t pages);

/**
 * Reserve the range: addresses only, no memory. Not thread-safe.
 *
 * @param giga
 *   One that is not open.
 * @param pages
 *   How many pages it should have room for; twice as many cells are made, as far
 *   as the addresses suffice.
 * @param addr_bits
 *   Every address below 2 to this power: 36 to 47.
 * @param seed
 *   32 secret bytes: base, places and orders derive from them.
 * @return
 *   0, or a negative errno, with nothing left behind:
 *   - -EINVAL: addr_bits is outside of its range
 *   - -EADDRNOTAVAIL: no free range of addresses of that width was found
 */
int
labyrinth_giga_open(struct labyrinth_giga *giga, uint32_t pages, unsigned int addr_bits,
                    const uint8_t seed[LABYRINTH_SEED_LEN]);

/** Give the range back, with all pages. Not thread-safe. Nothing happens if it is not open. */
void
labyrinth_giga_close(struct labyrinth_giga *giga);

/**
 * Map one more page, in a random cell, bound to a node and filled. Not
 * thread-safe; makes system calls.
 *
 * @param giga
 *   One that is open.
 * @param node
 *   NUMA node, or LABYRINTH_NODE_ANY.
 * @param cell
 *   Set to the cell it lies in.
 * @return
 *   0, or a negative errno, with nothing left behind: -ENOSPC when no cell is
 *   left, else as labyrinth_maze_map().
 */
int
labyrinth_giga_page_add(struct labyrinth_giga *giga, int node, uint32_t *cell);

/** Give the page of a cell back, which no maze uses. Not thread-safe. */
void
labyrinth_giga_page_remove(struct labyrinth_giga *giga, uint32_t cell);

/** First address of the page of a cell. Thread-safe. */
void *
labyrinth_giga_page_at(const struct labyrinth_giga *giga, uint32_t cell);

/**
 * Make a maze of free blocks. Not thread-safe; no system calls.
 *
 * All its blocks are of one page where one has enough of them, so that few lines
 * of the table of slots are read; which one is random.
 *
 * @param giga
 *   One that is open.
 * @param node
 *   Only pages bound to this node, or LABYRINTH_NODE_ANY for all.
 * @param blocks
 *   How many blocks, at least 1.
 * @param halls
 *   In at most so many runs of blocks beside each other, up to
 *   LABYRINTH_MAZE_HALLS_MAX, but at least one for each 512 blocks; 0: each block
 *   by itself.
 * @param maze
 *   Filled in: pages is LABYRINTH_MAZE_GIGA, fd is -1. Its window begins with the
 *   first page that has blocks of it and ends with the last. Undo with
 *   labyrinth_giga_give().
 * @param slot_of
 *   As many words as blocks, owned by the caller, kept as long as the maze.
 * @return
 *   0; -EINVAL: blocks or halls are outside of their range; -ENOSPC: too few free
 *   blocks, or none in runs that long: add a page.
 */
int
labyrinth_giga_take(struct labyrinth_giga *giga, int node, uint32_t blocks, uint32_t halls,
                    struct labyrinth_maze *maze, uint32_t *slot_of);

/**
 * Give a maze's blocks back, wiped. Not thread-safe. Nothing happens to a maze
 * whose entrance is NULL.
 */
void
labyrinth_giga_give(struct labyrinth_giga *giga, struct labyrinth_maze *maze);

/** Pages that a maze has blocks in; it is one that labyrinth_giga_take() made. Thread-safe. */
uint32_t
labyrinth_giga_pages_of(const struct labyrinth_maze *maze);

#ifdef __cplusplus
}
#endif

#endif /* LABYRINTH_GIGA_H */

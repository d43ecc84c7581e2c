/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_MAZE_H
#define LABYRINTH_MAZE_H

/**
 * @file
 * The maze: memory for frames at addresses nobody can predict.
 *
 * A range of address space is reserved at a random base. Blocks of 2 MiB are
 * mapped at random places in it, in random order, never two beside each other:
 * what lies between is unmapped, a wall. A block is one huge page or, where
 * there are none, 4 KiB pages, which the kernel may make a huge page of. The memory is filled
 * before it is handed out (no page fault later), bound to a NUMA node, left out of core dumps and
 * not inherited by fork.
 *
 * Who must map the memory for devices can do so only a limited number of times.
 * A maze of more blocks than that has halls: runs of blocks beside each other,
 * as equal in length as can be, each with a wall on both sides. Which blocks
 * meet in a hall is random.
 */

#include "labyrinth.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which pages a maze is made of. */
enum labyrinth_maze_pages {
	LABYRINTH_MAZE_HUGE,  /**< 2 MiB pages */
	LABYRINTH_MAZE_SMALL, /**< 4 KiB pages, locked in memory where allowed */
	LABYRINTH_MAZE_THP,   /**< transparent huge pages, as far as the kernel has some */
	LABYRINTH_MAZE_GIGA,  /**< blocks in 1 GiB pages: labyrinth_giga.h makes these */
};

/** Any NUMA node. */
#define LABYRINTH_NODE_ANY (-1)
/** Most blocks of one maze. */
#define LABYRINTH_MAZE_BLOCKS_MAX (1u << 20)
/** Most halls of a maze that has fewer halls than blocks. */
#define LABYRINTH_MAZE_HALLS_MAX 64

/** What a maze is to be. */
struct labyrinth_maze_params {
	uint32_t blocks;                 /**< blocks of 2 MiB, at least 1 */
	enum labyrinth_maze_pages pages; /**< what they are made of; not LABYRINTH_MAZE_GIGA */
	int node;                        /**< NUMA node, or LABYRINTH_NODE_ANY */
	unsigned int addr_bits;          /**< every address below 2 to this power: 36 to 47 */
	uint32_t halls; /**< at most so many, up to LABYRINTH_MAZE_HALLS_MAX; 0: one per block */
};

/** Blocks beside each other. */
struct labyrinth_hall {
	uint32_t slot;   /**< of the first */
	uint32_t blocks; /**< how many */
};

/** A maze that is mapped. */
struct labyrinth_maze {
	void *entrance;    /**< first address of the window */
	uint32_t slots;    /**< 2 MiB slots in the window */
	uint32_t blocks;   /**< slots that are memory; the others are walls */
	uint32_t *slot_of; /**< slot of each block, in random order; caller's memory */
	enum labyrinth_maze_pages pages; /**< what the blocks are made of */
	uint32_t transparent;            /**< blocks that are one transparent huge page each */
	bool locked;                     /**< the memory cannot be swapped out */
	bool bound;     /**< the kernel was told the node, or there is nothing to tell */
	int fd;         /**< memory of all blocks: block i is at i times 2 MiB */
	uint32_t halls; /**< how many; equal to blocks: one per block */
	/** Where fewer halls than blocks are, by address. */
	struct labyrinth_hall hall[LABYRINTH_MAZE_HALLS_MAX];
};

/** Slots of the window of a maze with so many blocks. Thread-safe. */
uint32_t
labyrinth_maze_slots(uint32_t blocks);

/** Does the kernel allow transparent huge pages for memory that is shared? Thread-safe. */
bool
labyrinth_maze_thp_allowed(void);

/**
 * Map a maze. Thread-safe for different mazes; makes system calls.
 *
 * @param maze
 *   Filled in.
 * @param params
 *   What it is to be.
 * @param slot_of
 *   params->blocks words, owned by the caller, kept as long as the maze.
 * @param seed
 *   32 secret bytes: base, places and order derive from them.
 * @return
 *   0, or a negative errno, with nothing left behind:
 *   - -EINVAL: a parameter is outside its documented range
 *   - -ENODEV: there is no such NUMA node
 *   - -ENOMEM: not enough (huge) pages, on that node
 *   - -EXDEV: the kernel put pages on another node than was asked for
 *   - -EADDRNOTAVAIL: no free range of addresses of that width was found
 *   - -EMFILE, -ENFILE: no file descriptor left
 *   - -EPERM: the kernel forbids huge pages to this user
 */
int
labyrinth_maze_map(struct labyrinth_maze *maze, const struct labyrinth_maze_params *params,
                   uint32_t *slot_of, const uint8_t seed[LABYRINTH_SEED_LEN]);

/**
 * Map a maze that another process made, at the same addresses. Thread-safe for
 * different mazes; makes system calls.
 *
 * @param maze
 *   As the other process knows it: entrance, slots, blocks, slot_of, pages, and
 *   a descriptor of the same memory that is this process's own. The caller may
 *   close that, and set fd to -1, when the call returns; slot_of is not needed
 *   any more then, except for labyrinth_maze_block(). Undo with
 *   labyrinth_maze_unmap().
 * @return
 *   0, or a negative errno, with nothing mapped:
 *   - -EEXIST: something else lies at these addresses in this process
 *   - -EINVAL: entrance or slot_of are no maze's
 *   - -ENOMEM: no memory left for page tables
 *   - -EBADF, -EACCES: the descriptor is not one of the maze's memory
 */
int
labyrinth_maze_attach(struct labyrinth_maze *maze);

/**
 * Give a maze back: its memory, its addresses, its file. Not thread-safe for
 * one maze. Nothing happens to one that was never mapped (entrance NULL).
 *
 * @param maze
 *   The maze.
 */
void
labyrinth_maze_unmap(struct labyrinth_maze *maze);

/**
 * Let core dumps of this process have the memory of a maze, as far as the process's
 * coredump_filter does: bit 6 for huge pages, bit 3 for small ones. Thread-safe.
 *
 * @param maze
 *   The maze.
 * @return
 *   0, or a negative errno:
 *   - -EINVAL: the kernel does not allow it for huge pages
 */
int
labyrinth_maze_dump(const struct labyrinth_maze *maze);

/**
 * Give the memory of a maze and its file back, but keep its addresses reserved: all
 * of it is walls from now on. Not thread-safe for one maze.
 *
 * @param maze
 *   The maze; afterwards labyrinth_maze_unmap() or munmap() gives the addresses back.
 * @return
 *   0, or a negative errno with nothing changed:
 *   - -ENOMEM: the kernel cannot split the mapping further
 */
int
labyrinth_maze_wall_up(struct labyrinth_maze *maze);

/** First address of a block. Thread-safe. */
void *
labyrinth_maze_block(const struct labyrinth_maze *maze, uint32_t block);

/** A hall, 0 to maze->halls - 1: what is mapped in one piece. Thread-safe. */
struct labyrinth_hall
labyrinth_maze_hall(const struct labyrinth_maze *maze, uint32_t hall);

/**
 * Make a maze the window of a labyrinth: its walls are known there afterwards.
 * Not thread-safe.
 *
 * @param lab
 *   A labyrinth made with params.slots of at least maze->slots.
 * @param maze
 *   The maze.
 * @return
 *   0, -EINVAL when the window does not fit.
 */
int
labyrinth_maze_cover(labyrinth_t *lab, const struct labyrinth_maze *maze);

/**
 * Add every page of a maze to a labyrinth made with LABYRINTH_F_PAGES, after
 * labyrinth_maze_cover(). Not thread-safe.
 *
 * @param lab
 *   The labyrinth.
 * @param maze
 *   The maze.
 * @return
 *   Pages added: 512 a block, as many as the labyrinth holds; -EINVAL when the
 *   maze is not its window, it is not one of pages, or it has some already.
 */
int
labyrinth_maze_add_pages(labyrinth_t *lab, const struct labyrinth_maze *maze);

#ifdef __cplusplus
}
#endif

#endif /* LABYRINTH_MAZE_H */

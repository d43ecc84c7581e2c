/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef UNIT_MAZE_H
#define UNIT_MAZE_H

/* What tests of mazes ask the kernel. */

#include "labyrinth_maze.h"
#include "unit.h"

/* Parameters of a maze on any node, as wide as addresses go. */
struct labyrinth_maze_params
unit_maze_params(enum labyrinth_maze_pages pages, uint32_t blocks);

/*
 * Map one. Without (enough) huge pages: says so and returns false, which is
 * checked to be -ENOMEM. Any other failure is one of the test, too.
 */
bool
unit_maze_map(struct labyrinth_maze *maze, enum labyrinth_maze_pages pages, uint32_t blocks,
              uint32_t *slot_of, uint64_t seed);

/* Page faults that writing to each page of a range takes. */
uint32_t
unit_maze_faults(uint8_t *at, size_t len);

/* A line of /proc/self/smaps about the mapping of an address, in kB; 0 if none. */
uint32_t
unit_smaps_kb(const void *at, const char *key);

/* Does the mapping of an address have that flag in VmFlags? */
bool
unit_smaps_flag(const void *at, const char *flag);

/* 2 MiB pages free; 0 without any. */
uint32_t
unit_huge_free(void);

/*
 * Do as many stay free when this is done? Others use them as well, so it is
 * done again when not: what leaks, leaks every time.
 */
bool
unit_huge_same(void (*fn)(void *arg), void *arg);

/* Mappings whose name contains a text. */
uint32_t
unit_maps_named(const char *text);

/* Descriptors this process has open. */
uint32_t
unit_files_open(void);

/* Could this very range be mapped now? */
bool
unit_range_unmapped(void *at, size_t len);

#endif /* UNIT_MAZE_H */

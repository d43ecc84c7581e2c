/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef UNIT_H
#define UNIT_H

/*
 * What the unit tests of the library share: a labyrinth in memory of its own,
 * children that may die, and the numbers of rounds to run.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <CUnit/Basic.h>

#include "labyrinth.h"
#include "labyrinth_violation.h"

#if defined(__SANITIZE_ADDRESS__)
#define UNIT_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define UNIT_TSAN 1
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNIT_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define UNIT_TSAN 1
#endif
#endif
#ifndef UNIT_ASAN
#define UNIT_ASAN 0
#endif
#ifndef UNIT_TSAN
#define UNIT_TSAN 0
#endif

/* Exit status by which a test says that it was skipped. */
#define UNIT_SKIPPED 77

#define UNIT_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Run one table of tests; the result is what main() returns. */
int
unit_main(const char *name, CU_TestInfo *tests);

/* Rounds to run: n, fewer under a sanitizer. */
uint32_t
unit_rounds(uint32_t n);

/* 32 bytes which differ for every number, the same in every run. */
const uint8_t *
unit_seed(uint64_t number);

/* A labyrinth and the memory of it and of its frames. */
struct unit_lab {
	labyrinth_t *lab;
	size_t len;      /* bytes at lab */
	uint8_t *memory; /* of the frames, aligned to a slot */
	size_t memory_len;
	size_t stride; /* bytes from one frame to the next */
	uint32_t frames;
	uint32_t frame_len;
	void **got;        /* place for all frames */
	size_t shared_len; /* bytes mapped at lab, if shared */
};

/* Take every empty room, as if threads stopped in mid-call held them; tells how many. */
uint32_t
unit_hide_rooms(labyrinth_t *lab);

/* The same of those that lanes have, while all frames are out. */
void
unit_hide_all_rooms(labyrinth_t *lab);

/* As if a thread was stopped in mid-call in each lane, or had gone on. */
void
unit_lanes_busy(labyrinth_t *lab, bool busy);

/* Shall what unit_make() makes be shared with forked children? */
extern bool unit_share;

/* Shall unit_make() open what it makes after each so many frames? 0: all at once. */
extern uint32_t unit_piece;

/*
 * Parameters for so many frames of 256 bytes; the caller changes what it likes
 * before unit_make().
 */
struct labyrinth_params
unit_params(uint32_t frames, uint32_t flags);

/* Make it, add its frames, open it. False (and an assertion) when that fails. */
bool
unit_make(struct unit_lab *u, const struct labyrinth_params *params, uint64_t seed);

void
unit_drop(struct unit_lab *u);

/* Frame by its place in memory. */
void *
unit_frame(const struct unit_lab *u, uint32_t index);

/* Place of a frame in memory, UINT32_MAX when it is none. */
uint32_t
unit_index(const struct unit_lab *u, const void *frame);

/* Get every frame by one lane; tells whether each was there exactly once. */
bool
unit_all_once(struct unit_lab *u, uint32_t lane);

/* How a child ended, and what it wrote to standard error. */
struct unit_end {
	int status; /* as of waitpid() */
	char text[4096];
};

/*
 * Run a function in a forked child; it ends with exit status 0 unless it dies.
 * A signal stops it after a minute.
 */
void
unit_child(void (*fn)(void *arg), void *arg, struct unit_end *end);

/* Did it die of that signal? */
bool
unit_died(const struct unit_end *end, int signum);

/* Did it end by itself, exit status 0? */
bool
unit_lived(const struct unit_end *end);

/* Violation handler: writes "kind: <name>" to standard error. */
void
unit_tell(const struct labyrinth_violation *violation);

/* Violation handler: remembers; one line of memory, not thread-safe. */
void
unit_remember(const struct labyrinth_violation *violation);

/* What unit_remember() was told last, and how often it was called. */
extern struct labyrinth_violation unit_last;
extern uint32_t unit_told;

#endif /* UNIT_H */

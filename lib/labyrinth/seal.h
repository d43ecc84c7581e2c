/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_SEAL_H
#define LAB_SEAL_H

/*
 * The seal: one word at the very begin of a frame's header, so that whatever
 * overflows from the frame in front destroys it first.
 *
 *   seal = tag(address, key) ^ (owned_word or free_word ^ room)
 *
 * The tag folds a 128-bit product of two secrets with the address: one known
 * seal leaves as many candidates for another as there are numbers.
 *
 * Seals need no read-modify-write. Two threads that put one frame at the same
 * time may both find it owned. Each leaves it in another room, since a room has
 * one holder at a time, and the seal names the room of whoever wrote it last:
 * the copy in the other room is found to be none when it is about to be handed
 * out, whoever else is getting the good one at that moment. What remains is a
 * thread stopped between check and write of its put while another puts the same
 * frame and a third gets it: closing that would take a compare-and-swap a frame.
 */

#include "labyrinth_private.h"
#include "labyrinth_violation.h"

/* In front of every frame. The caller's part, after it, is DPDK's. */
struct lab_header {
	_Atomic uint64_t seal; /* written by the frame's owner, or who holds its room */
	uint64_t got;          /* record of the lane that got the frame last */
	uint64_t put;          /* record of the lane that put it last */
	uint64_t content;      /* while free: digest of what must not change */
};

_Static_assert(sizeof(struct lab_header) + LABYRINTH_HEADER_CALLER_LEN <= LABYRINTH_HEADER_LEN,
               "the header does not fit in front of what the caller keeps there");

static inline struct lab_header *
lab_header(const void *frame)
{
	return (struct lab_header *)((uintptr_t)frame - LABYRINTH_HEADER_LEN);
}

/* A seal. Who does not own the frame may trust it only after a further check. */
static inline uint64_t
lab_seal_read(const struct lab_header *header)
{
	/* @atomic seal-read: pairs seal-write. Else: a torn seal is taken for an overflow. */
	return atomic_load_explicit(&header->seal, memory_order_relaxed);
}

static inline void
lab_seal_write(struct lab_header *header, uint64_t seal)
{
	/* @atomic seal-write: pairs seal-read. Else: a torn seal is taken for an overflow. */
	atomic_store_explicit(&header->seal, seal, memory_order_relaxed);
}

static inline uint64_t
lab_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
lab_tag(const void *frame, uint64_t key0, uint64_t key1)
{
	return lab_fold((uintptr_t)frame ^ key0, key1);
}

/* What the seals of the frames in a room contain. */
static inline uint64_t
lab_free_word(const struct labyrinth *lab, const struct lab_room *room)
{
	return lab->free_word ^ ((uintptr_t)room - (uintptr_t)lab->rooms);
}

/*
 * A free frame changes rooms. A seal that is not as it should be stays so: that
 * is found at the next get.
 */
static inline void
lab_seal_move(const struct labyrinth *lab, void *frame, const struct lab_room *from,
              const struct lab_room *to)
{
	struct lab_header *header = lab_header(frame);
	uint64_t tag = lab_tag(frame, lab->key[0], lab->key[1]);

	if (lab_seal_read(header) == (tag ^ lab_free_word(lab, from)))
		lab_seal_write(header, tag ^ lab_free_word(lab, to));
}

/* Is this the seal of a frame that is free, in whatever room? */
static inline bool
lab_seal_is_free(const struct labyrinth *lab, uint64_t seal, uint64_t tag)
{
	uint64_t off = seal ^ tag ^ lab->free_word;

	return off % sizeof(struct lab_room) == 0 &&
	       off / sizeof(struct lab_room) <= lab->room_count;
}

/* All that a burst needs, in words the compiler may keep in registers. */
struct lab_gate {
	uint64_t key0;
	uint64_t key1;
	uint64_t free_word;
	uint64_t owned_word;
	uintptr_t first; /* lowest address of a frame */
	uintptr_t lines; /* cache lines from there on */
	const uint8_t *walls;
};

/*
 * Could there be a frame's header in front of this address? One comparison
 * finds both what is misaligned (the low bits rotate to the top) and what is
 * outside of the window.
 */
static inline bool
lab_gate_plausible(const struct lab_gate *gate, const void *frame)
{
	uintptr_t off = (uintptr_t)frame - gate->first;
	uintptr_t line = off >> 6 | off << (64 - 6);

	if (lab_unlikely(line >= gate->lines))
		return false;
	return lab_likely(gate->walls[line >> 15] == 0);
}

static inline bool
lab_plausible(const struct labyrinth *lab, const void *frame)
{
	const struct lab_gate gate = {
		.first = lab->entrance + LABYRINTH_HEADER_LEN,
		.lines = lab->span >> 6,
		.walls = lab->walls,
	};

	return lab_gate_plausible(&gate, frame);
}

/* The same for memory other than the window. */
LAB_COLD bool
lab_plausible_elsewhere(const struct labyrinth *lab, const void *frame);

/* Timestamps are coarse, so that 30 bits of them last for days. */
#define LAB_STAMP_SHIFT       20
#define LAB_STAMP_BITS        30
#define LAB_RECORD_LANE_SHIFT LAB_STAMP_BITS
#define LAB_RECORD_PID_SHIFT  (LAB_STAMP_BITS + 12)
/* A lane looks at the clock once in so many calls. */
#define LAB_STAMP_EVERY 64

uint64_t
lab_record_now(const struct lab_lane *lane);

void
lab_record_read(uint64_t record, struct labyrinth_deed *deed);

static inline uint64_t
lab_lane_record(struct lab_lane *lane)
{
	if (lab_unlikely((lane->ops++ & (LAB_STAMP_EVERY - 1)) == 0))
		lane->record = lab_record_now(lane);
	return lane->record;
}

static inline struct lab_gate
lab_gate(const struct labyrinth *lab, const struct lab_room *room)
{
	return (struct lab_gate){
		.key0 = lab->key[0],
		.key1 = lab->key[1],
		.free_word = lab_free_word(lab, room),
		.owned_word = lab->owned_word,
		.first = lab->entrance + LABYRINTH_HEADER_LEN,
		.lines = lab->span >> 6,
		.walls = lab->walls,
	};
}

/*
 * A frame about to be put whose seal did not match: find out what is wrong and
 * tell. Returns true when nothing is (it lies in another region).
 */
LAB_COLD bool
lab_put_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame);

/* A frame about to be got whose seal did not match: tell. */
LAB_COLD void
lab_get_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame);

/* Tell of a violation; stops the process unless the labyrinth only reports. */
LAB_COLD void
lab_violation(struct labyrinth *lab, const struct lab_lane *lane,
              struct labyrinth_violation *violation);

#endif /* LAB_SEAL_H */

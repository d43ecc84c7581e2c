/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_SEAL_H
#define LAB_SEAL_H

/*
 * The seal: one word where a frame's header begins, so that whatever overflows from the
 * frame in front destroys it first.
 *
 *   seal = tag(address, key)
 *
 * It never changes while the labyrinth lasts. The tag folds a 128-bit product of two
 * secrets with the address: one known seal leaves as many candidates for another as
 * there are numbers. Whether the frame is free or owned stands in its owner word,
 * out of reach of packet memory: see word.h.
 */

#include "record.h"

/* In front of every frame. The caller's part, after it, is DPDK's. */
struct lab_header {
	_Atomic uint64_t seal; /* written when the frame is added */
	uint64_t content;      /* while free: digest of what must not change */
};

_Static_assert(sizeof(struct lab_header) + LABYRINTH_HEADER_CALLER_LEN <= LABYRINTH_HEADER_LEN,
               "the header does not fit in front of what the caller keeps there");

static inline struct lab_header *
lab_header(const void *frame)
{
	return (struct lab_header *)((uintptr_t)frame - LABYRINTH_HEADER_LEN);
}

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
#ifdef __x86_64__
	uint64_t high;

	/* gcc 12 takes the halves of a 128-bit product through memory. */
	__asm__("mulq %3" : "=a"(a), "=d"(high) : "0"(a), "rm"(b) : "cc");
	return a ^ high;
#else
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
#endif
}

static inline uint64_t
lab_tag(const void *frame, uint64_t key0, uint64_t key1)
{
	return lab_fold((uintptr_t)frame ^ key0, key1);
}

/* The seal of this frame. */
static inline uint64_t
lab_seal_of(const struct labyrinth *lab, const void *frame)
{
	return lab_tag(frame, lab->key[0], lab->key[1]);
}

/* Is the header of this frame whole? */
static inline bool
lab_seal_holds(const struct labyrinth *lab, const void *frame)
{
	return lab_seal_read(lab_header(frame)) == lab_seal_of(lab, frame);
}

/*
 * The word behind this frame. Another one than the poison: what is left of that in a frame
 * got again may well leave the program.
 */
static inline uint64_t
lab_canary_of(const struct labyrinth *lab, const void *frame)
{
	return lab_tag(frame, lab->key[4], lab->key[5]);
}

/*
 * A pointer about to be put that is no owned frame at first sight: find out what is wrong
 * and tell. True when nothing is: the frame lies where the table of slots does not reach.
 */
LAB_COLD bool
lab_put_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame);

/* A frame about to be got that is not free and in the room it came from: tell. */
LAB_COLD void
lab_get_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame);

/* Tell of a violation; stops the process unless the labyrinth only reports. */
LAB_COLD void
lab_violation(struct labyrinth *lab, const struct lab_lane *lane,
              struct labyrinth_violation *violation);

#endif /* LAB_SEAL_H */

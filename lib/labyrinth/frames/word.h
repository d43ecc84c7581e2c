/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_WORD_H
#define LAB_WORD_H

/*
 * Owner words: whether a frame is free or owned, out of reach of packet memory.
 *
 * Memory is divided into cells of a power of two of lines, not larger than a frame with
 * its header: at most one frame begins in a cell, whatever the gaps between frames. So
 * the place of a frame tells its word, by a subtraction and a shift, and no header is
 * read:
 *
 *   off   = address - first               in the window, walls included
 *   place = off + delta[off >> 21]        in the memory that has cells
 *   word  = words[place >> cell_shift << word_shift]
 *
 *   63      54 53      44 43    22 21     1  0
 *   | who got  | who put  | when   | room  | 1   free, in that room; 21: watched
 *   | line in slot (15 bits) | 0 | who | when | 0   owned
 *   all ones                                      no frame begins in this cell
 *
 * An owned word tells the exact line, so that no pointer to anything else passes for
 * the frame. Walls share one place, where no frame begins.
 *
 * Words need no read-modify-write. Two threads that put one frame at the same time may
 * both find it owned. Each leaves it in another room, since a room has one holder at a
 * time, and the word names the room of whoever wrote last: the copy in the other room is
 * found to be none when it is about to be handed out. What remains is a thread stopped
 * between check and write of its put while another puts the same frame and a third gets
 * it: closing that would take a compare-and-swap a frame.
 */

#include "labyrinth_private.h"

#define LAB_WORD_FREE 1ull
/* log2 of the bytes of a slot, and of the largest cell. */
#define LAB_SLOT_SHIFT 21

/*
 * An owned word. The line stands where the place in the slot gets by this shift; what that
 * has of a misaligned one falls on bits that are zero.
 */
#define LAB_PLACE_MOVE      (64 - LAB_SLOT_SHIFT)
#define LAB_OWNED_WHO_SHIFT 32
#define LAB_STAMP_POS       1
#define LAB_STAMP_BITS      31
/* Stamps are coarse, so that their bits last. */
#define LAB_STAMP_SHIFT 20

/* What of a word tells that a frame is owned, and at which place. */
#define LAB_OWNED_MASK (~0ull << LAB_PLACE_MOVE | LAB_WORD_FREE)

/* A free word. */
#define LAB_GOT_SHIFT 54
#define LAB_PUT_SHIFT 44
#define LAB_WHEN_BITS 22
#define LAB_WHEN_POS  22
#define LAB_ROOM_POS  1
/* Stamps of puts are 16 times coarser. */
#define LAB_WHEN_SHIFT 4
/* From the place of who got an owned frame to where its put leaves that. */
#define LAB_GOT_MOVE (LAB_GOT_SHIFT - LAB_OWNED_WHO_SHIFT)
#define LAB_GOT_MASK ((uint64_t)(LAB_WHOS - 1) << LAB_GOT_SHIFT)

/*
 * Beside the room: the frame has been filled and will be verified when it is got. A get that
 * looks for frames of a room finds another word, so it asks nobody whether one is watched.
 */
#define LAB_WORD_WATCHED (1ull << (LAB_ROOM_POS + LAB_ROOM_BITS))
/* Watched in no room: such a frame is nobody's for good. */
#define LAB_QUARANTINED (LAB_ROOM_MASK + 1)
/* What of a word tells that a frame is free, and in which room. */
#define LAB_IN_MASK ((1ull << LAB_WHEN_POS) - 1)
/* The same of everything that a put writes by itself: who got the frame comes from the word. */
#define LAB_WORD_IN(room) (LAB_WORD_FREE | (uint64_t)(room) << LAB_ROOM_POS)

_Static_assert(LAB_QUARANTINED < (1u << (LAB_WHEN_POS - LAB_ROOM_POS)) - 1,
               "a room's number does not fit, or looks as if there were no frame");
_Static_assert(LAB_WORD_WATCHED << 1 == 1ull << LAB_WHEN_POS, "parts of a free word overlap");
_Static_assert(LAB_WHEN_POS + LAB_WHEN_BITS == LAB_PUT_SHIFT &&
                       LAB_PUT_SHIFT + LAB_WHO_BITS == LAB_GOT_SHIFT &&
                       LAB_GOT_SHIFT + LAB_WHO_BITS == 64,
               "parts of a free word overlap");
_Static_assert(LAB_STAMP_POS + LAB_STAMP_BITS <= LAB_OWNED_WHO_SHIFT &&
                       LAB_OWNED_WHO_SHIFT + LAB_WHO_BITS <= LAB_PLACE_MOVE,
               "parts of an owned word overlap");

static inline uint64_t
lab_word_read(const _Atomic uint64_t *word)
{
	/* @atomic word-read: pairs word-filled, word-write. Else: a torn word is taken for a free
	 * frame. */
	return atomic_load_explicit(word, memory_order_relaxed);
}

static inline void
lab_word_write(_Atomic uint64_t *word, uint64_t value)
{
	/*
	 * @atomic word-write: pairs word-read, word-claim. Else: a torn word is taken for a
	 * free frame.
	 */
	atomic_store_explicit(word, value, memory_order_relaxed);
}

/* A frame that was put is filled now, and who sees this sees that. */
static inline void
lab_word_filled(_Atomic uint64_t *word, uint64_t put)
{
	/*
	 * @atomic word-filled: pairs word-read. Else: a frame that is not filled yet is taken for
	 * one that was written to.
	 */
	atomic_store_explicit(word, put | LAB_WORD_WATCHED, memory_order_release);
}

static inline bool
lab_word_owned(uint64_t word)
{
	return (word & LAB_WORD_FREE) == 0;
}

/* Free, and in the room that `in` tells as LAB_WORD_IN() does? */
static inline bool
lab_word_says_in(uint64_t word, uint64_t in)
{
	return ((word ^ in) & LAB_IN_MASK) == 0;
}

/* Free, and in this room, watched or not? */
static inline bool
lab_word_is_in(uint64_t word, uint32_t room)
{
	return lab_word_says_in(word & ~LAB_WORD_WATCHED, LAB_WORD_IN(room));
}

static inline bool
lab_word_quarantined(uint64_t word)
{
	return lab_word_says_in(word, LAB_WORD_IN(LAB_QUARANTINED));
}

/* Free, and filled when it was put, as one of few? */
static inline bool
lab_word_watched(uint64_t word)
{
	return !lab_word_owned(word) && (word & LAB_WORD_WATCHED) != 0 &&
	       !lab_word_quarantined(word);
}

/* Who got the frame last: a place in the table, 0 if nobody ever did. */
static inline uint32_t
lab_word_got(uint64_t word)
{
	uint32_t shift = lab_word_owned(word) ? LAB_OWNED_WHO_SHIFT : LAB_GOT_SHIFT;

	return (uint32_t)(word >> shift) & (LAB_WHOS - 1);
}

/* Who put a frame that is free. */
static inline uint32_t
lab_word_putter(uint64_t word)
{
	return (uint32_t)(word >> LAB_PUT_SHIFT) & (LAB_WHOS - 1);
}

/* What a put makes of the word of a frame that is owned. */
static inline uint64_t
lab_word_put(uint64_t owned, uint64_t put)
{
	return put | ((owned << LAB_GOT_MOVE) & LAB_GOT_MASK);
}

/* The same in another room: of a free frame, or of what a lane has ready for its puts. */
static inline uint64_t
lab_word_moved(uint64_t word, uint32_t room)
{
	return (word & (~LAB_IN_MASK | LAB_WORD_WATCHED)) | LAB_WORD_IN(room);
}

/* --- where a word is ---------------------------------------------------------- */

#define LAB_NO_PLACE UINT64_MAX

/* Is this an address in the window? */
static inline bool
lab_is_near(const struct lab_finder *find, const void *frame)
{
	return ((uintptr_t)frame - find->first) >> LAB_SLOT_SHIFT < find->near;
}

/* If so, its place. */
static inline uint64_t
lab_near_place_of(const struct lab_finder *find, const void *frame)
{
	uintptr_t off = (uintptr_t)frame - find->first;

	return off + find->delta[off >> LAB_SLOT_SHIFT];
}

/* The same; LAB_NO_PLACE if it is not. */
static inline uint64_t
lab_near_place(const struct lab_finder *find, const void *frame)
{
	return lab_likely(lab_is_near(find, frame)) ? lab_near_place_of(find, frame) : LAB_NO_PLACE;
}

/* As lab_near_place(), for memory that the window does not reach. */
LAB_COLD uint64_t
lab_far_place(const struct labyrinth *lab, const void *frame);

static inline uint64_t
lab_place(const struct labyrinth *lab, const void *frame)
{
	uint64_t place = lab_near_place(&lab->find, frame);

	/* A piece that is found by a search may lie where the window has a wall. */
	return lab_likely(place < lab->nowhere) ? place : lab_far_place(lab, frame);
}

static inline uint64_t
lab_cell(const struct labyrinth *lab, uint64_t place)
{
	return place >> lab->cell_shift;
}

/* The word of whatever begins in the cell of this place. */
static inline _Atomic uint64_t *
lab_place_word(const struct lab_finder *find, uint64_t place)
{
	return (_Atomic uint64_t *)((uintptr_t)find->words + ((place >> find->down) & find->mask));
}

/* The word of a frame: the caller knows that it is one. */
static inline _Atomic uint64_t *
lab_word_of(const struct labyrinth *lab, const void *frame)
{
	return lab_place_word(&lab->find, lab_place(lab, frame));
}

/* What an owned word says of its place. */
static inline uint64_t
lab_word_line(uint64_t place)
{
	return place << LAB_PLACE_MOVE;
}

/* The word of the frame at this place, which belongs to who has `own`. */
static inline uint64_t
lab_word_own(uint64_t place, uint64_t own)
{
	return lab_word_line(place) | own;
}

/* Does this word say that the frame at this place is owned? */
static inline bool
lab_word_owns(uint64_t word, uint64_t place)
{
	return ((word ^ lab_word_line(place)) & LAB_OWNED_MASK) == 0;
}

/* Is there no memory in this slot of the window? */
static inline bool
lab_slot_is_wall(const struct labyrinth *lab, uintptr_t slot)
{
	return lab->find.delta[slot] + (slot << LAB_SLOT_SHIFT) == lab->nowhere;
}

/* Place words so many apart, as a power of two. Nobody has written any. */
void
lab_words_spread(struct labyrinth *lab, uint32_t word_shift);

/* May a frame be added here? */
bool
lab_is_declared(const struct labyrinth *lab, const void *frame);

/* --- frames by number, for who looks at all ----------------------------------- */

/* No id. */
#define LAB_NO_ID UINT32_MAX

/* The id of the frame that begins in this cell. */
static inline uint32_t
lab_cell_id(const struct labyrinth *lab, uint64_t cell)
{
	return lab->ids[cell];
}

static inline _Atomic uint64_t *
lab_id_word(const struct labyrinth *lab, uint32_t id)
{
	return lab_word_of(lab, lab->table[id]);
}

/* The id of a frame; LAB_NO_ID if it is none. */
static inline uint32_t
lab_id_of(const struct labyrinth *lab, const void *frame)
{
	uint64_t place = lab_place(lab, frame);
	uint32_t id;

	if (place == LAB_NO_PLACE)
		return LAB_NO_ID;
	id = lab_cell_id(lab, lab_cell(lab, place));
	return id != LAB_NO_ID && lab->table[id] == frame ? id : LAB_NO_ID;
}

/* The end of the memory that a frame lies in, 0 if that is not known: nothing after it is ours. */
LAB_COLD uintptr_t
lab_memory_end(const struct labyrinth *lab, uintptr_t frame);

/*
 * The last frame that begins at an address or in front of it, in the same slot or piece
 * of memory; LAB_NO_ID if there is none.
 */
LAB_COLD uint32_t
lab_id_before(const struct labyrinth *lab, uintptr_t at);

/* The first frame that begins behind an address, in the same slot or piece; LAB_NO_ID likewise. */
LAB_COLD uint32_t
lab_id_after(const struct labyrinth *lab, uintptr_t at);

#endif /* LAB_WORD_H */

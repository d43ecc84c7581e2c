/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_WORD_H
#define LAB_WORD_H

/*
 * Owner words: whether a frame is free or owned, out of reach of packet memory.
 *
 * Each slot of memory is divided into cells of a power of two of lines, not larger than a frame
 * with its header: at most one frame begins in a cell, whatever the gaps between frames. So
 * the address of a frame tells its word, by a table of slots, and no header is read:
 *
 *   word = slots[slot bits of the address] + word bits of the address
 *
 * The table is larger than the window: each of its slots has an entry to itself. Any other
 * address leads to some word as well, and that is why the word of an owned frame tells all of
 * its address: no pointer to anything else passes for the frame.
 *
 *   state:  address of the frame                            owned
 *           | who put | when | watched | room | 1           free, in that room
 *           all ones                                        no frame begins in this cell
 *   got:    who got it last, and when
 *   id:     number of the frame
 *
 * Words need no read-modify-write. Two threads that put one frame at the same time may
 * both find it owned. Each leaves it in another room, since a room has one holder at a
 * time, and the word names the room of whoever wrote last: the copy in the other room is
 * found to be none when it is about to be handed out. What remains is a thread stopped
 * between check and write of its put while another puts the same frame and a third gets
 * it: closing that would take a compare-and-swap a frame.
 */

#ifdef __BMI2__
#include <immintrin.h>
#endif

#include "labyrinth_private.h"

#define LAB_WORD_FREE 1ull
/* log2 of the bytes of a slot, and of the largest cell. */
#define LAB_SLOT_SHIFT 21
/* log2 of the bytes of a word, and of an id where frames have none. */
#define LAB_WORD_SHIFT 4
#define LAB_ID_SHIFT   2

/*
 * Who and when, in 32 bits: as `got` has it and, of who put a frame, a free word. Stamps are
 * coarse, so that their bits last for 39 hours. One that is 0 is older than half of that.
 */
#define LAB_OWN_WHO_POS 22
#define LAB_STAMP_BITS  22
#define LAB_STAMP_SHIFT 25

/* A free word. */
#define LAB_PUT_POS  32
#define LAB_ROOM_POS 1

/*
 * Beside the room: the frame has been filled and will be verified when it is got. A get that
 * looks for frames of a room finds another word, so it asks nobody whether one is watched.
 */
#define LAB_WORD_WATCHED (1ull << (LAB_ROOM_POS + LAB_ROOM_BITS))
/* Watched in no room: such a frame is nobody's for good. */
#define LAB_QUARANTINED (LAB_ROOM_MASK + 1)
/* What of a word tells that a frame is free, and in which room: its lower half. */
#define LAB_IN_MASK ((1ull << LAB_PUT_POS) - 1)
/* The same, of a frame that nobody put. */
#define LAB_WORD_IN(room) (LAB_WORD_FREE | (uint64_t)(room) << LAB_ROOM_POS)

_Static_assert(sizeof(struct lab_word) == 1 << LAB_WORD_SHIFT, "words are no power of two");
_Static_assert(LAB_QUARANTINED < (1u << (LAB_PUT_POS - LAB_ROOM_POS)) - 1,
               "a room's number does not fit, or looks as if there were no frame");
_Static_assert(LAB_WORD_WATCHED < 1ull << LAB_PUT_POS, "parts of a free word overlap");
_Static_assert(LAB_IN_MASK == UINT32_MAX, "where a frame is free takes more than half a word");
_Static_assert(LAB_STAMP_BITS <= LAB_OWN_WHO_POS && LAB_OWN_WHO_POS + LAB_WHO_BITS <= 32,
               "parts of who and when overlap");

static inline uint64_t
lab_word_read(const struct lab_word *word)
{
	/* @atomic word-read: pairs word-filled, word-write, word-own. Else: a torn word is taken
	 * for a free frame. */
	return atomic_load_explicit(&word->state, memory_order_relaxed);
}

/* The same, for who asks afterwards who got the frame. */
static inline uint64_t
lab_word_look(const struct lab_word *word)
{
	/* @atomic word-look: pairs word-own. Else: who is told to own the frame is who had it
	 * before. */
	return atomic_load_explicit(&word->state, memory_order_acquire);
}

/* Who got the frame last, and when; 0 if nobody ever did. */
static inline uint32_t
lab_word_got(const struct lab_word *word)
{
	/* @atomic got-read: pairs got-write, got-claim. Else: half a name. */
	return atomic_load_explicit(&word->got, memory_order_relaxed);
}

static inline void
lab_word_write(struct lab_word *word, uint64_t state)
{
	/*
	 * @atomic word-write: pairs word-read. Else: a torn word is taken for a free frame.
	 */
	atomic_store_explicit(&word->state, state, memory_order_relaxed);
}

static inline void
lab_word_got_write(struct lab_word *word, uint32_t own)
{
	/* @atomic got-write: pairs got-read, got-claim, got-age. Else: half a name. */
	atomic_store_explicit(&word->got, own, memory_order_relaxed);
}

/* The word of this frame, which belongs to who has `own` from now on. */
static inline void
lab_word_own(struct lab_word *word, const void *frame, uint32_t own)
{
	lab_word_got_write(word, own);
	/*
	 * @atomic word-own: pairs word-read, word-look. Else: what a thread that was killed had
	 * got is told to be another's, and is not recovered.
	 */
	atomic_store_explicit(&word->state, (uintptr_t)frame, memory_order_release);
}

/* A frame that was put is filled now, and who sees this sees that. */
static inline void
lab_word_filled(struct lab_word *word, uint64_t put)
{
	/*
	 * @atomic word-filled: pairs word-read. Else: a frame that is not filled yet is taken for
	 * one that was written to.
	 */
	atomic_store_explicit(&word->state, put | LAB_WORD_WATCHED, memory_order_release);
}

static inline bool
lab_word_owned(uint64_t state)
{
	return (state & LAB_WORD_FREE) == 0;
}

/* Does this word say that the frame is owned? */
static inline bool
lab_word_owns(uint64_t state, const void *frame)
{
	return state == (uintptr_t)frame;
}

/* Free, and in the room that `in` tells as LAB_WORD_IN() does? */
static inline bool
lab_word_says_in(uint64_t state, uint64_t in)
{
	return (uint32_t)state == (uint32_t)in;
}

/* The room in which it is free, LAB_NO_ROOM if it is in none. */
static inline uint32_t
lab_word_room(uint64_t state)
{
	return lab_word_owned(state) ? LAB_NO_ROOM
	                             : (uint32_t)(state >> LAB_ROOM_POS) & LAB_ROOM_MASK;
}

/* Free, and in this room, watched or not? */
static inline bool
lab_word_is_in(uint64_t state, uint32_t room)
{
	return lab_word_says_in(state & ~LAB_WORD_WATCHED, LAB_WORD_IN(room));
}

static inline bool
lab_word_quarantined(uint64_t state)
{
	return lab_word_says_in(state, LAB_WORD_IN(LAB_QUARANTINED));
}

/* Free, and filled when it was put, as one of few? */
static inline bool
lab_word_watched(uint64_t state)
{
	return !lab_word_owned(state) && (state & LAB_WORD_WATCHED) != 0 &&
	       !lab_word_quarantined(state);
}

/* Who put a frame that is free, and when; 0 if nobody ever did. */
static inline uint32_t
lab_word_putter(uint64_t state)
{
	return (uint32_t)(state >> LAB_PUT_POS);
}

/* What a put by who has `own` writes, beside the room. */
static inline uint64_t
lab_word_put(uint32_t own)
{
	return (uint64_t)own << LAB_PUT_POS;
}

/* The same in another room: of a free frame, or of what a lane has ready for its puts. */
static inline uint64_t
lab_word_moved(uint64_t state, uint32_t room)
{
	return (state & (~LAB_IN_MASK | LAB_WORD_WATCHED)) | LAB_WORD_IN(room);
}

/* --- where a word is ---------------------------------------------------------- */

#define LAB_NO_PLACE UINT64_MAX
/* In place of a slot's number: of no slot of the table, but frames lead here. */
#define LAB_FAR_SLOT UINT64_MAX

/* Frames begin with a line. What does not may look like a free word, besides. */
static inline bool
lab_is_aligned(const void *frame)
{
	return (uintptr_t)frame % LAB_LINE == 0;
}

/*
 * Where the word of a frame is. Of any other line, some word that says something else. Of a
 * frame that the table does not reach, too, unless lab->aliased.
 */
static inline struct lab_word *
lab_word_at(const struct lab_finder *find, const void *frame)
{
	uintptr_t at = (uintptr_t)frame;

#ifdef __BMI2__
	return (struct lab_word *)(find->slots[_pext_u64(at, find->slot_bits)] +
	                           _pext_u64(at, find->word_bits));
#else
	return (struct lab_word *)(find->slots[(at & find->slot_bits) >> LAB_SLOT_SHIFT] +
	                           ((at & find->word_bits) >> find->down));
#endif
}

/* Is this a frame that is owned? If so, tells its word. */
static inline bool
lab_find_owned(const struct lab_finder *find, const void *frame, struct lab_word **word)
{
	if (lab_unlikely(!lab_is_aligned(frame)))
		return false;
	*word = lab_word_at(find, frame);
	return lab_likely(lab_word_owns(lab_word_read(*word), frame));
}

/* The entry of a slot of memory: its own, or another slot's. */
static inline struct lab_slot *
lab_slot_of(const struct labyrinth *lab, uintptr_t at)
{
	return &lab->slot[(at & lab->find.slot_bits) >> LAB_SLOT_SHIFT];
}

/* Has the slot that this address is in words by the table? */
static inline bool
lab_slot_is_open(const struct labyrinth *lab, uintptr_t at)
{
	const struct lab_slot *slot = lab_slot_of(lab, at);

	return slot->place != LAB_NO_PLACE && slot->number == at >> LAB_SLOT_SHIFT;
}

/* The place of an address that the table does not reach, or LAB_NO_PLACE. */
LAB_COLD uint64_t
lab_far_place(const struct labyrinth *lab, const void *at);

/*
 * The place of an address: bytes among all memory that has cells. LAB_NO_PLACE if it is
 * in none.
 */
static inline uint64_t
lab_place(const struct labyrinth *lab, const void *at)
{
	if (lab_likely(lab_slot_is_open(lab, (uintptr_t)at)))
		return lab_slot_of(lab, (uintptr_t)at)->place + (uintptr_t)at % LABYRINTH_SLOT_SIZE;
	return lab_far_place(lab, at);
}

static inline uint64_t
lab_cell(const struct labyrinth *lab, uint64_t place)
{
	return place >> lab->cell_shift;
}

/* Where the words of a place and those after it are. */
static inline uintptr_t
lab_place_words(const struct labyrinth *lab, uint64_t place)
{
	return lab->words + (lab_cell(lab, place) << lab->word_shift);
}

/* The word of whatever begins in the cell of an address; NULL where no frame can be. */
static inline struct lab_word *
lab_word_of(const struct labyrinth *lab, const void *frame)
{
	uint64_t place;

	if (!lab_is_aligned(frame))
		return NULL;
	if (lab_likely(lab_slot_is_open(lab, (uintptr_t)frame)))
		return lab_word_at(&lab->find, frame);
	place = lab_far_place(lab, frame);
	return place != LAB_NO_PLACE ? (struct lab_word *)lab_place_words(lab, place) : NULL;
}

/* Place words 1 << word_shift bytes apart. Nobody has written any. */
void
lab_words_spread(struct labyrinth *lab, uint32_t word_shift);

/* May a frame be added here? */
bool
lab_is_declared(const struct labyrinth *lab, const void *frame);

/* --- frames by number, for who looks at all ----------------------------------- */

/* No id. */
#define LAB_NO_ID UINT32_MAX

/*
 * Where the id of the frame is that begins in the cell of this address: in its word, if it has
 * one. NULL where no frame can be.
 */
static inline uint32_t *
lab_id_at(const struct labyrinth *lab, const void *at)
{
	uint64_t place = lab_place(lab, at);

	if (place == LAB_NO_PLACE)
		return NULL;
	return (uint32_t *)(lab->ids + (lab_cell(lab, place) << lab->id_shift));
}

static inline struct lab_word *
lab_id_word(const struct labyrinth *lab, uint32_t id)
{
	return lab_word_of(lab, lab->table[id]);
}

/* The id of a frame; LAB_NO_ID if it is none. */
static inline uint32_t
lab_id_of(const struct labyrinth *lab, const void *frame)
{
	const uint32_t *id = lab_id_at(lab, frame);

	return id != NULL && *id != LAB_NO_ID && lab->table[*id] == frame ? *id : LAB_NO_ID;
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

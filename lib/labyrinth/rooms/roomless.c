/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "seal.h"
#include "roomless.h"

/* Frames that a word of roomless[] stands for, when they are checked: a bit each. */
#define ROOMLESS_BITS 64

uint32_t
lab_roomless_count(const struct labyrinth *lab)
{
	/*
	 * @atomic roomless-count-load: pairs roomless-count-add, roomless-count-sub.
	 * Else: a torn number.
	 */
	return atomic_load_explicit(&lab->roomless_count, memory_order_relaxed);
}

bool
lab_roomless_correct(struct labyrinth *lab, uint32_t counted, uint32_t n)
{
	/*
	 * @atomic roomless-count-correct: pairs roomless-count-add, roomless-count-sub. Else: a
	 * frame that is put meanwhile is not counted, and never found.
	 */
	return atomic_compare_exchange_strong_explicit(&lab->roomless_count, &counted, n,
	                                               memory_order_relaxed, memory_order_relaxed);
}

static void
count_less(struct labyrinth *lab, uint32_t n)
{
	/*
	 * @atomic roomless-count-sub: pairs roomless-count-load, roomless-count-correct. Else:
	 * roomless frames are sought in vain.
	 */
	atomic_fetch_sub_explicit(&lab->roomless_count, n, memory_order_relaxed);
}

static uint32_t
hint_read(const _Atomic uint32_t *hint)
{
	/* @atomic roomless-hint: pairs roomless-hint-set. Else: nothing; a hint. */
	return atomic_load_explicit(hint, memory_order_relaxed);
}

static void
hint_set(_Atomic uint32_t *hint, uint32_t at)
{
	/* @atomic roomless-hint-set: pairs roomless-hint. Else: nothing; a hint. */
	atomic_store_explicit(hint, at, memory_order_relaxed);
}

static bool
is_checked(const struct labyrinth *lab)
{
	return (lab->flags & LABYRINTH_F_SEAL) != 0;
}

/* A bit of a word for each frame that is checked, else a word. */
static uint32_t
words_for(uint32_t flags, uint32_t frames)
{
	return (flags & LABYRINTH_F_SEAL) != 0 ? (frames + ROOMLESS_BITS - 1) / ROOMLESS_BITS
	                                       : frames;
}

static uint32_t
words_count(const struct labyrinth *lab)
{
	return words_for(lab->flags, lab->frames_max);
}

size_t
lab_roomless_len(const struct labyrinth_params *params)
{
	return words_for(params->flags, params->frames) * sizeof(uint64_t);
}

static uint32_t
next_word(const struct labyrinth *lab, uint32_t at)
{
	return at + 1 < words_count(lab) ? at + 1 : 0;
}

static bool
place_claim(_Atomic uint64_t *place, uintptr_t frame)
{
	uint64_t none = 0;

	/*
	 * @atomic roomless-place: pairs roomless-place-take, roomless-look, roomless-seek. Else:
	 * who takes the frame sees it as it was before it was put, or two frames are left in one
	 * place.
	 */
	return atomic_compare_exchange_strong_explicit(place, &none, frame, memory_order_release,
	                                               memory_order_relaxed);
}

/*
 * Frames that are not checked have no number: any place is good. Places that become free
 * behind the one that is looked at are missed; then somebody else has moved a frame
 * meanwhile. None is free for certain when more frames are counted than there are places.
 */
static bool
put_in_place(struct labyrinth *lab, void *frame)
{
	uint32_t at = hint_read(&lab->roomless_tail);
	uint32_t i;

	do {
		for (i = 0; i < lab->frames_max; i++, at = next_word(lab, at)) {
			if (!place_claim(&lab->roomless[at], (uintptr_t)frame))
				continue;
			hint_set(&lab->roomless_tail, next_word(lab, at));
			return true;
		}
	} while (lab_roomless_count(lab) <= lab->frames_max);
	return false;
}

/* False if the bit is set already. */
static bool
put_bit(struct labyrinth *lab, const void *frame)
{
	uint32_t id = lab_id_of(lab, frame);
	uint64_t bit = 1ull << id % ROOMLESS_BITS;

	/*
	 * @atomic roomless-put: pairs roomless-take, roomless-look, roomless-seek. Else: who takes
	 * the frame sees it as it was before it was put.
	 */
	return (atomic_fetch_or_explicit(&lab->roomless[id / ROOMLESS_BITS], bit,
	                                 memory_order_release) &
	        bit) == 0;
}

bool
lab_roomless_put(struct labyrinth *lab, void *frame)
{
	/*
	 * Counted before it is there: who finds the count at zero while no call is
	 * under way has missed nothing.
	 */
	/* @atomic roomless-count-add: pairs roomless-count-load, roomless-count-correct. Else:
	 * roomless frames are never found. */
	atomic_fetch_add_explicit(&lab->roomless_count, 1, memory_order_relaxed);
	if (is_checked(lab) ? put_bit(lab, frame) : put_in_place(lab, frame))
		return true;
	count_less(lab, 1);
	return false;
}

/* So many of these bits, the lowest first. */
static uint64_t
lowest_bits(uint64_t bits, uint32_t n)
{
	uint64_t others = bits;

	for (; others != 0 && n > 0; n--)
		others &= others - 1;
	return bits ^ others;
}

/* Take the frames of these bits. */
static uint32_t
take_bits(struct labyrinth *lab, uint32_t at, uint64_t bits, void **frames)
{
	uint32_t count = 0;

	/*
	 * @atomic roomless-take: pairs roomless-put, roomless-seek. Else: the frame is seen as it
	 * was before it was put, or two threads take it.
	 */
	bits &= atomic_fetch_and_explicit(&lab->roomless[at], ~bits, memory_order_acquire);
	for (; bits != 0; bits &= bits - 1)
		frames[count++] = lab->table[at * ROOMLESS_BITS + (uint32_t)__builtin_ctzll(bits)];
	return count;
}

static uint32_t
take_from_place(struct labyrinth *lab, uint32_t at, void **frame)
{
	/* @atomic roomless-place-take: pairs roomless-place, roomless-seek. Else: see
	 * roomless-take. */
	*frame = (void *)(uintptr_t)atomic_exchange_explicit(&lab->roomless[at], 0,
	                                                     memory_order_acquire);
	return *frame != NULL;
}

/* Take at most n frames from one word. */
static uint32_t
take_some(struct labyrinth *lab, uint32_t at, void **frames, uint32_t n)
{
	/* @atomic roomless-look: pairs roomless-put, roomless-place. Else: only a vain exchange. */
	uint64_t seen = atomic_load_explicit(&lab->roomless[at], memory_order_relaxed);

	if (seen == 0)
		return 0;
	if (is_checked(lab))
		return take_bits(lab, at, lowest_bits(seen, n), frames);
	return take_from_place(lab, at, frames);
}

uint32_t
lab_roomless_take(struct labyrinth *lab, struct lab_room *room, uint32_t n)
{
	uint32_t at = hint_read(&lab->roomless_head);
	uint32_t count = 0;
	uint32_t i;

	if (n > LABYRINTH_ROOM_FRAMES)
		n = LABYRINTH_ROOM_FRAMES;
	for (i = 0; i < words_count(lab) && count < n && lab_roomless_count(lab) > 0; i++) {
		uint32_t some = take_some(lab, at, &room->frames[count], n - count);

		count_less(lab, some);
		count += some;
		/* There may be more of them. */
		if (count < n)
			at = next_word(lab, at);
	}
	hint_set(&lab->roomless_head, at);
	lab_room_count_set(room, count);
	return count;
}

static uint64_t
word_read(const struct labyrinth *lab, uint32_t at)
{
	/* @atomic roomless-seek: pairs roomless-put, roomless-place, roomless-take,
	 * roomless-place-take. Else: a frame is taken for lost that is not. */
	return atomic_load_explicit(&lab->roomless[at], memory_order_acquire);
}

bool
lab_roomless_has(const struct labyrinth *lab, uint32_t id)
{
	return (word_read(lab, id / ROOMLESS_BITS) >> id % ROOMLESS_BITS & 1) != 0;
}

uint32_t
lab_roomless_found(const struct labyrinth *lab)
{
	uint32_t n = 0;
	uint32_t i;

	for (i = 0; i < words_count(lab); i++) {
		uint64_t word = word_read(lab, i);

		n += is_checked(lab) ? (uint32_t)__builtin_popcountll(word) : word != 0;
	}
	return n;
}

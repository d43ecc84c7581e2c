/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_LOOPS_AVX512_H
#define LAB_LOOPS_AVX512_H

/*
 * The loops of loops_each.h for processors with AVX-512, eight frames at a time. Words
 * are gathered, looked at and scattered: all of a block or none. Vectors know no
 * atomics; each word of one is read and written as a whole on x86.
 */

#include <immintrin.h>

#include "loops_each.h"

#define LAB_BLOCK 8

_Static_assert(LAB_BLOCK == sizeof(__m512i) / sizeof(void *), "a vector holds a block");

/* What the words of a block are found by, eightfold. */
struct lab_finder8 {
	const uintptr_t *slots;
	__m512i slot_bits;
	__m512i word_bits;
	__m128i down;
};

static inline struct lab_finder8
lab_finder8(const struct labyrinth *lab)
{
	return (struct lab_finder8){
		.slots = lab->find.slots,
		.slot_bits = _mm512_set1_epi64((long long)lab->find.slot_bits),
		.word_bits = _mm512_set1_epi64((long long)lab->find.word_bits),
		.down = _mm_cvtsi32_si128((int)lab->find.down),
	};
}

/* As lab_word_at(): the addresses of words. */
static inline __m512i
lab_words_at8(const struct lab_finder8 *find, __m512i frames)
{
	__m512i slot = _mm512_srli_epi64(_mm512_and_si512(frames, find->slot_bits), LAB_SLOT_SHIFT);
	__m512i off = _mm512_srl_epi64(_mm512_and_si512(frames, find->word_bits), find->down);

	return _mm512_add_epi64(_mm512_i64gather_epi64(slot, find->slots, 8), off);
}

/* Of these, are two alike? Each is compared with those one to four places on. */
static inline __mmask8
lab_twice8(__m512i frame)
{
	__mmask8 one = _mm512_cmpeq_epi64_mask(frame, _mm512_alignr_epi64(frame, frame, 1));
	__mmask8 two = _mm512_cmpeq_epi64_mask(frame, _mm512_alignr_epi64(frame, frame, 2));
	__mmask8 three = _mm512_cmpeq_epi64_mask(frame, _mm512_alignr_epi64(frame, frame, 3));
	__mmask8 four = _mm512_cmpeq_epi64_mask(frame, _mm512_alignr_epi64(frame, frame, 4));

	return (__mmask8)(one | two | three | four);
}

static inline uint32_t
lab_own_blocks(const struct labyrinth *lab, void *const *top, uint32_t n, uint64_t in, uint32_t own,
               void **frames)
{
	const struct lab_finder8 find = lab_finder8(lab);
	const __m512i places = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
	const __m512i in8 = _mm512_set1_epi64((long long)in);
	const __m512i in_mask = _mm512_set1_epi64((long long)LAB_IN_MASK);
	const __m512i got_off = _mm512_set1_epi64(offsetof(struct lab_word, got));
	const __m256i own8 = _mm256_set1_epi32((int)own);
	uint32_t left = n;

	while (left > 0) {
		uint32_t some = left < LAB_BLOCK ? left : LAB_BLOCK;
		__mmask8 mask = (__mmask8)_bzhi_u32(0xff, some);
		__m512i down = _mm512_sub_epi64(_mm512_set1_epi64(some - 1), places);
		__m512i block;
		__m512i word;
		__m512i seen;
		__mmask8 good;

		top -= some;
		/* What is no frame is different from the others and from what is. */
		block = _mm512_permutexvar_epi64(down, _mm512_maskz_loadu_epi64(mask, top));
		block = _mm512_mask_mov_epi64(places, mask, block);
		word = lab_words_at8(&find, block);
		seen = _mm512_mask_i64gather_epi64(block, mask, word, NULL, 1);
		good = _mm512_mask_testn_epi64_mask(mask, _mm512_xor_si512(seen, in8), in_mask);
		good &= (__mmask8)~lab_twice8(block);
		if (lab_unlikely(good != mask))
			break;
		_mm512_mask_storeu_epi64(frames, mask, block);
		/* First who, then what: see lab_word_own(). */
		_mm512_mask_i64scatter_epi32(NULL, mask, _mm512_add_epi64(word, got_off), own8, 1);
		__asm__ volatile("" ::: "memory");
		_mm512_mask_i64scatter_epi64(NULL, mask, word, block, 1);
		frames += some;
		left -= some;
	}
	return n - left;
}

static inline uint32_t
lab_free_blocks(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put,
                void **to)
{
	const struct lab_finder8 find = lab_finder8(lab);
	const __m512i places = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
	const __m512i put8 = _mm512_set1_epi64((long long)put);
	const __m512i in_line = _mm512_set1_epi64(LAB_LINE - 1);
	uint32_t left = n;

	if (lab_unlikely(n == 0 || !lab_free_begins(lab, frames)))
		return 0;
	while (left > 0) {
		uint32_t some = left < LAB_BLOCK ? left : LAB_BLOCK;
		__mmask8 mask = (__mmask8)_bzhi_u32(0xff, some);
		/* What is no frame is different from the others and from what is. */
		__m512i block = _mm512_mask_loadu_epi64(places, mask, frames);
		__mmask8 good = _mm512_mask_testn_epi64_mask(mask, block, in_line);
		__m512i word = lab_words_at8(&find, block);
		__m512i seen = _mm512_mask_i64gather_epi64(block, good, word, NULL, 1);

		good = _mm512_mask_cmpeq_epi64_mask(good, seen, block);
		good &= (__mmask8)~lab_twice8(block);
		if (lab_unlikely(good != mask))
			break;
		_mm512_mask_storeu_epi64(to, mask, block);
		_mm512_mask_i64scatter_epi64(NULL, mask, word, put8, 1);
		frames += some;
		to += some;
		left -= some;
	}
	return n - left;
}

#endif /* LAB_LOOPS_AVX512_H */

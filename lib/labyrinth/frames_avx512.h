/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_FRAMES_AVX512_H
#define LAB_FRAMES_AVX512_H

/*
 * The loops of frames_loop.h for processors with AVX-512, eight frames at a time. Words
 * are gathered, looked at and scattered: all of a block or none. Vectors know no
 * atomics; each word of one is read and written as a whole on x86.
 */

#include <immintrin.h>

#include "seal.h"

#define LAB_BLOCK 8

_Static_assert(LAB_BLOCK == sizeof(__m512i) / sizeof(void *), "a vector holds a block");

/* What the lines of a block are found by, eightfold. */
struct lab_lines8 {
	const int32_t *delta;
	__m512i first;
	__m512i near;
	__m512i lines;
	__m512i cell_mask;
	__m128i cell_shift;
	__m128i word_shift;
};

static inline struct lab_lines8
lab_lines8(const struct labyrinth *lab)
{
	return (struct lab_lines8){
		.delta = lab->delta,
		.first = _mm512_set1_epi64((long long)lab->first),
		.near = _mm512_set1_epi64(lab->near),
		.lines = _mm512_set1_epi64((long long)lab->lines),
		.cell_mask = _mm512_set1_epi64((1ll << lab->cell_shift) - 1),
		.cell_shift = _mm_cvtsi32_si128((int)lab->cell_shift),
		.word_shift = _mm_cvtsi32_si128((int)lab->word_shift),
	};
}

/* As lab_near_line(), of the frames in `mask`; tells which of them have one. */
static inline __mmask8
lab_near_line8(const struct lab_lines8 *at, __mmask8 mask, __m512i frames, __m512i *line)
{
	__m512i off = _mm512_ror_epi64(_mm512_sub_epi64(frames, at->first), LAB_LINE_SHIFT);
	__m512i slot = _mm512_srli_epi64(off, LAB_SLOT_SHIFT);
	__mmask8 in = _mm512_mask_cmplt_epu64_mask(mask, slot, at->near);
	__m256i delta = _mm512_mask_i64gather_epi32(_mm256_setzero_si256(), in, slot, at->delta, 4);

	*line = _mm512_add_epi64(off, _mm512_cvtepi32_epi64(delta));
	return _mm512_mask_cmplt_epu64_mask(in, *line, at->lines);
}

/* Where their words are. */
static inline __m512i
lab_words8(const struct lab_lines8 *at, __m512i line)
{
	return _mm512_sll_epi64(_mm512_srl_epi64(line, at->cell_shift), at->word_shift);
}

/* Of these, are two alike? Each is compared with those one to four places on. */
static inline __mmask8
lab_twice8(__m512i line)
{
	__mmask8 one = _mm512_cmpeq_epi64_mask(line, _mm512_alignr_epi64(line, line, 1));
	__mmask8 two = _mm512_cmpeq_epi64_mask(line, _mm512_alignr_epi64(line, line, 2));
	__mmask8 three = _mm512_cmpeq_epi64_mask(line, _mm512_alignr_epi64(line, line, 3));
	__mmask8 four = _mm512_cmpeq_epi64_mask(line, _mm512_alignr_epi64(line, line, 4));

	return (__mmask8)(one | two | three | four);
}

static inline uint32_t
lab_own_blocks(const struct labyrinth *lab, void *const *top, uint32_t n, uint64_t in, uint64_t own,
               void **frames)
{
	const struct lab_lines8 at = lab_lines8(lab);
	const __m512i places = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
	const __m512i in8 = _mm512_set1_epi64((long long)in);
	const __m512i in_mask = _mm512_set1_epi64((long long)LAB_IN_MASK);
	const __m512i own8 = _mm512_set1_epi64((long long)own);
	uint32_t left = n;

	while (left > 0) {
		uint32_t some = left < LAB_BLOCK ? left : LAB_BLOCK;
		__mmask8 mask = (__mmask8)_bzhi_u32(0xff, some);
		__m512i down = _mm512_sub_epi64(_mm512_set1_epi64(some - 1), places);
		__m512i block;
		__m512i line;
		__m512i word;
		__m512i seen;

		top -= some;
		block = _mm512_permutexvar_epi64(down, _mm512_maskz_loadu_epi64(mask, top));
		if (lab_unlikely(lab_near_line8(&at, mask, block, &line) != mask))
			break;
		word = lab_words8(&at, line);
		seen = _mm512_mask_i64gather_epi64(in8, mask, word, lab->words, 8);
		if (lab_unlikely(_mm512_test_epi64_mask(_mm512_xor_si512(seen, in8), in_mask) != 0))
			break;
		_mm512_mask_storeu_epi64(frames, mask, block);
		line = _mm512_slli_epi64(_mm512_and_si512(line, at.cell_mask), LAB_OWNED_LINE_SHIFT);
		_mm512_mask_i64scatter_epi64((void *)lab->words, mask, word,
		                             _mm512_or_si512(line, own8), 8);
		frames += some;
		left -= some;
	}
	return n - left;
}

static inline uint32_t
lab_free_blocks(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put,
                void **to)
{
	const struct lab_lines8 at = lab_lines8(lab);
	const __m512i places = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
	const __m512i put8 = _mm512_set1_epi64((long long)put);
	const __m512i got_mask = _mm512_set1_epi64((long long)LAB_GOT_MASK);
	uint32_t left = n;

	while (left > 0) {
		uint32_t some = left < LAB_BLOCK ? left : LAB_BLOCK;
		__mmask8 mask = (__mmask8)_bzhi_u32(0xff, some);
		/* What is no frame is different from the others and from what is. */
		__m512i block = _mm512_mask_loadu_epi64(places, mask, frames);
		__m512i line;
		__m512i word;
		__m512i seen;
		__m512i mine;
		__m512i got;

		if (lab_unlikely(lab_near_line8(&at, mask, block, &line) != mask))
			break;
		word = lab_words8(&at, line);
		mine = _mm512_and_si512(line, at.cell_mask);
		seen = _mm512_mask_i64gather_epi64(places, mask, word, lab->words, 8);
		if (lab_unlikely(_mm512_mask_cmpneq_epi64_mask(
					 mask, _mm512_srli_epi64(seen, LAB_OWNED_LINE_SHIFT), mine) !=
		                 0) ||
		    lab_unlikely(lab_twice8(block) != 0) ||
		    lab_unlikely(!lab_seal_holds(lab, frames[0])))
			break;
		got = _mm512_and_si512(_mm512_slli_epi64(seen, LAB_GOT_MOVE), got_mask);
		_mm512_mask_storeu_epi64(to, mask, block);
		_mm512_mask_i64scatter_epi64((void *)lab->words, mask, word,
		                             _mm512_or_si512(got, put8), 8);
		frames += some;
		to += some;
		left -= some;
	}
	return n - left;
}

#endif /* LAB_FRAMES_AVX512_H */

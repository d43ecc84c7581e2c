/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* poison.c for processors with AVX-512: the same results. */

#include "fold8.h"
#include "poison.h"

bool lab_vector;

#if LAB_HAS_VECTOR

#define WORDS 8

/* The first n words of a vector: none at all if there are none. */
static inline LAB_TARGET_VECTOR __mmask8
first_words(size_t n)
{
	return n < WORDS ? (__mmask8)((1u << n) - 1) : 0xff;
}

/* The sum of all words, without the signed one of _mm512_reduce_add_epi64(). */
static inline LAB_TARGET_VECTOR uint64_t
sum8(__m512i words)
{
	__m256i four = _mm256_add_epi64(_mm512_castsi512_si256(words),
	                                _mm512_extracti64x4_epi64(words, 1));
	__m128i two =
		_mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));

	return (uint64_t)_mm_cvtsi128_si64(two) + (uint64_t)_mm_extract_epi64(two, 1);
}

static __attribute__((constructor)) void
vector_choose(void)
{
	__builtin_cpu_init();
	lab_vector = __builtin_cpu_supports("avx512f");
}

static inline LAB_TARGET_VECTOR uint64_t
digest(const struct labyrinth *lab, const void *frame)
{
	const uint64_t *word = frame;
	const __m512i step = _mm512_set1_epi64((long long)(LAB_DIGEST_STEP * WORDS));
	const __m512i second = _mm512_set1_epi64((long long)lab->key[3]);
	__m512i key = _mm512_add_epi64(
		_mm512_set1_epi64((long long)(lab->key[2] ^ lab_poison_word(lab, frame))),
		_mm512_set_epi64((long long)(7 * LAB_DIGEST_STEP), (long long)(6 * LAB_DIGEST_STEP),
	                         (long long)(5 * LAB_DIGEST_STEP), (long long)(4 * LAB_DIGEST_STEP),
	                         (long long)(3 * LAB_DIGEST_STEP), (long long)(2 * LAB_DIGEST_STEP),
	                         (long long)LAB_DIGEST_STEP, 0));
	__m512i sum = _mm512_setzero_si512();
	size_t n = lab->keep_len / 8;

	while (n > 0) {
		size_t rest = n > WORDS ? n - WORDS : 0;
		__m512i a = _mm512_maskz_loadu_epi64(first_words(n), word);
		__m512i b = _mm512_maskz_loadu_epi64(first_words(rest), word + WORDS);

		sum = _mm512_add_epi64(
			sum, lab_fold8(_mm512_xor_si512(a, key), _mm512_xor_si512(b, second)));
		key = _mm512_add_epi64(key, step);
		word += LAB_DIGEST_WORDS;
		n = rest > WORDS ? rest - WORDS : 0;
	}
	return lab_digest_bind(lab, frame, sum8(sum));
}

LAB_TARGET_VECTOR void
lab_poison_fill_vector(const struct labyrinth *lab, void *frame)
{
	const __m512i word = _mm512_set1_epi64((long long)lab_poison_word(lab, frame));
	uint64_t *to = lab_poison_begin(lab, frame);
	size_t n = lab_poison_bytes(lab) / 8;

	lab_header(frame)->content = digest(lab, frame);
	for (; n >= WORDS; n -= WORDS, to += WORDS)
		_mm512_storeu_si512(to, word);
	_mm512_mask_storeu_epi64(to, first_words(n), word);
}

LAB_TARGET_VECTOR bool
lab_poison_intact_vector(const struct labyrinth *lab, const void *frame)
{
	const __m512i word = _mm512_set1_epi64((long long)lab_poison_word(lab, frame));
	const uint64_t *from = lab_poison_begin(lab, frame);
	size_t n = lab_poison_bytes(lab) / 8;
	__m512i differ = _mm512_setzero_si512();

	for (; n >= WORDS; n -= WORDS, from += WORDS)
		differ = _mm512_or_si512(differ, _mm512_xor_si512(_mm512_loadu_si512(from), word));
	differ = _mm512_or_si512(
		differ, _mm512_maskz_xor_epi64(first_words(n), word,
	                                       _mm512_maskz_loadu_epi64(first_words(n), from)));
	return _mm512_test_epi64_mask(differ, differ) == 0 &&
	       lab_header(frame)->content == digest(lab, frame);
}

#else

void
lab_poison_fill_vector(const struct labyrinth *lab, void *frame)
{
	(void)lab;
	(void)frame;
}

bool
lab_poison_intact_vector(const struct labyrinth *lab, const void *frame)
{
	(void)lab;
	(void)frame;
	return false;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_FOLD8_H
#define LAB_FOLD8_H

/* lab_fold() of eight pairs of words at once. For files that AVX-512 is chosen in. */

#include "vector.h"

#if LAB_HAS_VECTOR

#include <immintrin.h>

#define LAB_TARGET_VECTOR __attribute__((target("avx512f")))

static inline LAB_TARGET_VECTOR __m512i
lab_fold8(__m512i a, __m512i b)
{
	const __m512i low = _mm512_set1_epi64(UINT32_MAX);
	__m512i a_high = _mm512_srli_epi64(a, 32);
	__m512i b_high = _mm512_srli_epi64(b, 32);
	__m512i ll = _mm512_mul_epu32(a, b);
	__m512i lh = _mm512_mul_epu32(a, b_high);
	__m512i hl = _mm512_mul_epu32(a_high, b);
	__m512i hh = _mm512_mul_epu32(a_high, b_high);
	/* Neither sum can wrap around. */
	__m512i t = _mm512_add_epi64(lh, _mm512_srli_epi64(ll, 32));
	__m512i u = _mm512_add_epi64(hl, _mm512_and_si512(t, low));
	__m512i high = _mm512_add_epi64(_mm512_add_epi64(hh, _mm512_srli_epi64(t, 32)),
	                                _mm512_srli_epi64(u, 32));

	return _mm512_xor_si512(high,
	                        _mm512_mask_blend_epi32(0xaaaa, ll, _mm512_slli_epi64(u, 32)));
}

#endif

#endif /* LAB_FOLD8_H */

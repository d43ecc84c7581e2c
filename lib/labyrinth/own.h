/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_OWN_H
#define LAB_OWN_H

/* The loop of gets when every frame is checked, for callers that cannot afford a call. */

#include <stddef.h>

#include "seal.h"

/* The race detector knows no vectors. */
#ifdef __SANITIZE_THREAD__
#define LAB_OWN_VECTORS 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LAB_OWN_VECTORS 0
#endif
#endif
#ifndef LAB_OWN_VECTORS
#ifdef __SSE2__
#define LAB_OWN_VECTORS 1
#else
#define LAB_OWN_VECTORS 0
#endif
#endif

#if LAB_OWN_VECTORS
#include <emmintrin.h>

/*
 * As lab_deeds_own(), by one store instead of got-write and put-clear: on x86 each
 * aligned half of it is as whole as by itself, nothing is stored before it that
 * stands behind it, and a process is killed before it or after it.
 */
static inline void
lab_own(struct lab_deeds *deeds, uint64_t record, void *frame)
{
	_mm_store_si128((__m128i *)deeds, _mm_set_epi64x((long long)frame, (long long)record));
}

/*
 * Own two frames, with the addresses of their deeds, and copy them to where the caller
 * wants them. Tells how many were free and in the room.
 */
static inline uint32_t
lab_own_two(struct lab_deeds *a, struct lab_deeds *b, void *const *table_a, void *const *table_b,
            uint32_t in, uint64_t record, void **frames)
{
	const __m128i records = _mm_set1_epi64x((long long)record);
	__m128i both = _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)table_a),
	                                  _mm_loadl_epi64((const __m128i *)table_b));

	_mm_storeu_si128((__m128i *)frames, both);
	if (lab_unlikely(!lab_deeds_say(a, in)))
		return 0;
	_mm_store_si128((__m128i *)a, _mm_unpacklo_epi64(records, both));
	if (lab_unlikely(!lab_deeds_say(b, in)))
		return 1;
	_mm_store_si128((__m128i *)b, _mm_unpackhi_epi64(records, both));
	return 2;
}
#else
static inline void
lab_own(struct lab_deeds *deeds, uint64_t record, void *frame)
{
	lab_deeds_own(deeds, record, frame);
}

static inline uint32_t
lab_own_two(struct lab_deeds *a, struct lab_deeds *b, void *const *table_a, void *const *table_b,
            uint32_t in, uint64_t record, void **frames)
{
	frames[0] = *table_a;
	frames[1] = *table_b;
	if (lab_unlikely(!lab_deeds_say(a, in)))
		return 0;
	lab_deeds_own(a, record, frames[0]);
	if (lab_unlikely(!lab_deeds_say(b, in)))
		return 1;
	lab_deeds_own(b, record, frames[1]);
	return 2;
}
#endif

_Static_assert(offsetof(struct lab_deeds, got) == 0 && sizeof(struct lab_deeds) == 16,
               "one store does not write the deeds of one frame");

/*
 * Own the frames with these ids, which are free and in the room of lab_put_in(). Stops
 * at the first that is not; tells how many were.
 */
static inline uint32_t
lab_own_frames(const struct labyrinth *lab, const uint32_t *ids, uint32_t n, uint32_t in,
               uint64_t record, void **frames)
{
	struct lab_deeds *const deeds = lab->deeds;
	void *const *const table = lab->table;
	uint32_t left;

	for (left = n; left > 1; left -= 2, ids += 2, frames += 2) {
		size_t a = ids[0];
		size_t b = ids[1];
		uint32_t good =
			lab_own_two(&deeds[a], &deeds[b], &table[a], &table[b], in, record, frames);

		if (lab_unlikely(good < 2))
			return n - left + good;
	}
	if (left > 0 && lab_likely(lab_deeds_say(&deeds[*ids], in))) {
		*frames = table[*ids];
		lab_own(&deeds[*ids], record, *frames);
		left--;
	}
	return n - left;
}

#endif /* LAB_OWN_H */

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
lab_own(struct lab_deeds *deeds, uint64_t record)
{
	_mm_store_si128((__m128i *)deeds, _mm_cvtsi64_si128((long long)record));
}

/* Two frames at once to where the caller wants them. */
static inline void
lab_own_copy(void **to, void *const *a, void *const *b)
{
	_mm_storeu_si128((__m128i *)to, _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)a),
	                                                   _mm_loadl_epi64((const __m128i *)b)));
}
#else
static inline void
lab_own(struct lab_deeds *deeds, uint64_t record)
{
	lab_deeds_own(deeds, record);
}

static inline void
lab_own_copy(void **to, void *const *a, void *const *b)
{
	to[0] = *a;
	to[1] = *b;
}
#endif

_Static_assert(offsetof(struct lab_deeds, got) == 0 && sizeof(struct lab_deeds) == 16,
               "one store does not write the deeds of one frame");

/*
 * Own the frames with these ids, which are free and in the room `number`. Stops at
 * the first that is not; tells how many were.
 */
static inline uint32_t
lab_own_frames(const struct labyrinth *lab, const uint32_t *ids, uint32_t n, uint32_t number,
               uint64_t record, void **frames)
{
	struct lab_deeds *const deeds = lab->deeds;
	void *const *const table = lab->table;
	uint32_t left;

	for (left = n; left > 1; left -= 2, ids += 2, frames += 2) {
		size_t a = ids[0];
		size_t b = ids[1];

		if (lab_unlikely(!lab_deeds_in(&deeds[a], number)))
			return n - left;
		lab_own(&deeds[a], record);
		if (lab_unlikely(!lab_deeds_in(&deeds[b], number))) {
			*frames = table[a];
			return n - left + 1;
		}
		lab_own(&deeds[b], record);
		lab_own_copy(frames, &table[a], &table[b]);
	}
	if (left > 0 && lab_likely(lab_deeds_in(&deeds[*ids], number))) {
		lab_own(&deeds[*ids], record);
		*frames = table[*ids];
		left--;
	}
	return n - left;
}

#endif /* LAB_OWN_H */

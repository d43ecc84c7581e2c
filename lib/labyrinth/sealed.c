/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>

#include "sealed.h"
#include "vector.h"

/* The race detector knows no vectors. */
#ifdef __SANITIZE_THREAD__
#define HAS_VECTORS 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAS_VECTORS 0
#endif
#endif
#ifndef HAS_VECTORS
#ifdef __SSE2__
#define HAS_VECTORS 1
#else
#define HAS_VECTORS 0
#endif
#endif

#if HAS_VECTORS
#include <emmintrin.h>

/*
 * As lab_deeds_own(), by one store instead of got-write and put-clear: on x86 each
 * aligned half of it is as whole as by itself, nothing is stored before it that
 * stands behind it, and a process is killed before it or after it.
 */
static inline void
own(struct lab_deeds *deeds, uint64_t record)
{
	_mm_store_si128((__m128i *)deeds, _mm_cvtsi64_si128((long long)record));
}

/* Two frames at once to where the caller wants them. */
static inline void
copy_two(void **to, void *const *a, void *const *b)
{
	_mm_storeu_si128((__m128i *)to, _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)a),
	                                                   _mm_loadl_epi64((const __m128i *)b)));
}
#else
static inline void
own(struct lab_deeds *deeds, uint64_t record)
{
	lab_deeds_own(deeds, record);
}

static inline void
copy_two(void **to, void *const *a, void *const *b)
{
	to[0] = *a;
	to[1] = *b;
}
#endif

_Static_assert(offsetof(struct lab_deeds, got) == 0 && sizeof(struct lab_deeds) == 16,
               "one store does not write the deeds of one frame");

uint32_t
lab_own_while_good(const struct labyrinth *lab, const uint32_t *ids, uint32_t n, uint32_t number,
                   uint64_t record, void **frames)
{
	struct lab_deeds *const deeds = lab->deeds;
	void *const *const table = lab->table;
	uint32_t i;

	for (i = 0; n - i >= 2; i += 2) {
		uint64_t a = ids[i];
		uint64_t b = ids[i + 1];

		if (lab_unlikely(!lab_deeds_in(&deeds[a], number)))
			return i;
		own(&deeds[a], record);
		if (lab_unlikely(!lab_deeds_in(&deeds[b], number))) {
			frames[i] = table[a];
			return i + 1;
		}
		own(&deeds[b], record);
		copy_two(&frames[i], &table[a], &table[b]);
	}
	if (i < n && lab_likely(lab_deeds_in(&deeds[ids[i]], number))) {
		own(&deeds[ids[i]], record);
		frames[i] = table[ids[i]];
		i++;
	}
	return i;
}

uint32_t
lab_free_while_good(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put,
                    uint32_t *ids)
{
	const struct lab_gate gate = lab_gate(lab);
	uint32_t i = 0;

	if (n >= LAB_VECTOR_FRAMES && lab_vector && lab->wall_bits_hold)
		i = lab_free_blocks_while_good(lab, frames, n, put, ids);
	for (; i < n; i++) {
		uint32_t id;

		if (lab_unlikely(!lab_gate_pass(&gate, frames[i], &id)))
			break;
		lab_deeds_put_set(&gate.deeds[id], put);
		lab_id_note(&ids[i], id);
	}
	return i;
}

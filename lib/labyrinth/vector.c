/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "fold8.h"
#include "sealed.h"

bool lab_vector;

#if LAB_HAS_VECTOR

_Static_assert(LAB_VECTOR_FRAMES == sizeof(__m512i) / sizeof(void *), "a vector holds a block");

static __attribute__((constructor)) void
vector_choose(void)
{
	__builtin_cpu_init();
	lab_vector = __builtin_cpu_supports("avx512f");
}

/* All that a burst of puts needs, eightfold. */
struct gate8 {
	__m512i key0;
	__m512i key1;
	__m512i first;
	__m512i lines;
	__m512i walls; /* a bit for each slot */
};

static inline LAB_TARGET_VECTOR struct gate8
gate8(const struct labyrinth *lab)
{
	return (struct gate8){
		.key0 = _mm512_set1_epi64((long long)lab->key[0]),
		.key1 = _mm512_set1_epi64((long long)lab->key[1]),
		.first = _mm512_set1_epi64((long long)lab->first),
		.lines = _mm512_set1_epi64((long long)lab->lines),
		.walls = _mm512_load_si512(lab->wall_bits),
	};
}

/* lab_gate_plausible(), of all eight. */
static inline LAB_TARGET_VECTOR bool
plausible(const struct gate8 *gate, __m512i frames)
{
	__m512i line = _mm512_ror_epi64(_mm512_sub_epi64(frames, gate->first), 6);
	__m512i slot = _mm512_srli_epi64(line, 15);
	__m512i bits = _mm512_permutexvar_epi64(_mm512_srli_epi64(slot, 6), gate->walls);
	__m512i bit = _mm512_rolv_epi64(_mm512_set1_epi64(1), slot);
	__mmask8 in = _mm512_cmplt_epu64_mask(line, gate->lines);

	return _mm512_mask_testn_epi64_mask(in, bits, bit) == 0xff;
}

/* Could all of a block be frames? If so, their tags. */
static inline LAB_TARGET_VECTOR bool
tags8(const struct gate8 *gate, void *const *frames, __m512i *tags)
{
	__m512i block = _mm512_loadu_si512(frames);

	*tags = lab_fold8(_mm512_xor_si512(block, gate->key0), gate->key1);
	return plausible(gate, block);
}

/*
 * The tags of a block are made while the frames of the one before it are looked at: the
 * processor does not see far enough ahead to do so by itself.
 */
LAB_TARGET_VECTOR uint32_t
lab_free_blocks_while_good(const struct labyrinth *lab, void *const *frames, uint32_t n,
                           uint64_t put, uint32_t *ids)
{
	const struct gate8 gate = gate8(lab);
	struct lab_deeds *const deeds = lab->deeds;
	const uint64_t count = lab->ids;
	const size_t whole = n / LAB_VECTOR_FRAMES * LAB_VECTOR_FRAMES;
	__m512i ahead;
	bool good = whole > 0 && tags8(&gate, frames, &ahead);
	size_t i;
	size_t j;

	for (i = 0; i < whole && lab_likely(good); i += LAB_VECTOR_FRAMES) {
		alignas(64) uint64_t tags[LAB_VECTOR_FRAMES];

		_mm512_store_si512(tags, ahead);
		if (i + LAB_VECTOR_FRAMES < whole)
			good = tags8(&gate, &frames[i + LAB_VECTOR_FRAMES], &ahead);
#pragma GCC unroll 8
		for (j = 0; j < LAB_VECTOR_FRAMES; j++) {
			void *frame = frames[i + j];
			uint64_t id = tags[j] ^ lab_seal_read(lab_header(frame));

			if (lab_unlikely(id >= count || !lab_deeds_of_owned(&deeds[id], frame)))
				return (uint32_t)(i + j);
			lab_deeds_put_set(&deeds[id], put);
			lab_id_note(&ids[i + j], (uint32_t)id);
		}
	}
	if (i == n)
		return n;
	return lab_free_singly_while_good(lab, frames, n, (uint32_t)i, put, ids);
}

#else

uint32_t
lab_free_blocks_while_good(const struct labyrinth *lab, void *const *frames, uint32_t n,
                           uint64_t put, uint32_t *ids)
{
	return lab_free_singly_while_good(lab, frames, n, 0, put, ids);
}

#endif

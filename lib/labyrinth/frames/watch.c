/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Where watched frames were put. A few frames share one place, and whoever comes last has it.
 * It is one word, so that it is of one put, and it tells whose it is.
 */

#include "seal.h"
#include "watch.h"

/* Places for each frame that is watched at a time, if all are free. */
#define PLACES_EACH  4
#define PLACES_LEAST 64
/* Code has addresses of so many bits; above them stands a digest of the put. */
#define SITE_BITS 47
#define SITE_MASK ((1ull << SITE_BITS) - 1)

static uint32_t
places(uint32_t frames, uint32_t sample)
{
	uint64_t wanted = (uint64_t)frames * PLACES_EACH / sample | (PLACES_LEAST - 1);

	return 1u << (64 - __builtin_clzll(wanted));
}

size_t
lab_watch_len(const struct labyrinth_params *params)
{
	if ((params->flags & LABYRINTH_F_SAMPLE) == 0)
		return 0;
	return places(params->frames, params->sample) * sizeof(uint64_t);
}

static uint64_t
digest(const struct labyrinth *lab, const void *frame, uint64_t word)
{
	/* Who put it and when: that does not change when it is moved, or taken out of use. */
	return lab_fold((uintptr_t)frame ^ lab->key[2], lab_word_putter(word) ^ lab->key[3]);
}

static _Atomic uint64_t *
place_of(const struct labyrinth *lab, uint64_t digest)
{
	return &lab->watch_sites[digest & (places(lab->frames_max, lab->sample) - 1)];
}

void
lab_watch_note(const struct labyrinth *lab, const void *frame, uint64_t word, const void *site)
{
	uint64_t of = digest(lab, frame, word);
	uint64_t at = (uintptr_t)site;

	if (at > SITE_MASK)
		return;
	/* @atomic watch-note: pairs watch-look. Else: a torn address. */
	atomic_store_explicit(place_of(lab, of), (of & ~SITE_MASK) | at, memory_order_relaxed);
}

const void *
lab_watch_site(const struct labyrinth *lab, const void *frame, uint64_t word)
{
	uint64_t of = digest(lab, frame, word);
	/* @atomic watch-look: pairs watch-note. Else: a torn address. */
	uint64_t note = atomic_load_explicit(place_of(lab, of), memory_order_relaxed);

	return ((note ^ of) & ~SITE_MASK) == 0 ? (const void *)(uintptr_t)(note & SITE_MASK) : NULL;
}

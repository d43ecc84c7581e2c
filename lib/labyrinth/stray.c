/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "seal.h"
#include "stray.h"

uint32_t
lab_strays(const struct labyrinth *lab)
{
	/*
	 * @atomic stray-count-load: pairs stray-count-add, stray-count-sub,
	 * stray-count-drop. Else: a torn number.
	 */
	return atomic_load_explicit(&lab->strays, memory_order_relaxed);
}

uintptr_t
lab_stray_at(const struct labyrinth *lab, uint32_t place)
{
	/* @atomic stray-seek: pairs stray-put, stray-take. Else: a frame that has a place gets two.
	 */
	return atomic_load_explicit(&lab->stray[place], memory_order_acquire);
}

bool
lab_strays_correct(struct labyrinth *lab, uint32_t counted, uint32_t n)
{
	/*
	 * @atomic stray-count-correct: pairs stray-count-add, stray-count-drop. Else: a stray
	 * that is put meanwhile is not counted, and never found.
	 */
	return atomic_compare_exchange_strong_explicit(&lab->strays, &counted, n,
	                                               memory_order_relaxed, memory_order_relaxed);
}

static bool
place_claim(_Atomic uintptr_t *place, uintptr_t token)
{
	uintptr_t none = 0;

	/*
	 * @atomic stray-put: pairs stray-take, stray-look, stray-seek. Else: who takes the frame
	 * sees it as it was before it was put, or two frames are left in one place.
	 */
	return atomic_compare_exchange_strong_explicit(place, &none, token, memory_order_release,
	                                               memory_order_relaxed);
}

bool
lab_stray_put(struct labyrinth *lab, uintptr_t token)
{
	uint32_t i;

	/*
	 * Counted before it is there: who finds the count at zero while no call is
	 * under way has missed nothing.
	 */
	/* @atomic stray-count-add: pairs stray-count-load, stray-count-correct. Else: strays are
	 * never found. */
	atomic_fetch_add_explicit(&lab->strays, 1, memory_order_relaxed);
	for (i = 0; i < lab->frames_max; i++) {
		if (place_claim(&lab->stray[i], token))
			return true;
	}
	/* @atomic stray-count-sub: pairs stray-count-load. Else: strays are sought in vain. */
	atomic_fetch_sub_explicit(&lab->strays, 1, memory_order_relaxed);
	return false;
}

static uintptr_t
place_clear(_Atomic uintptr_t *place)
{
	/* @atomic stray-look: pairs stray-put. Else: only a vain exchange. */
	if (atomic_load_explicit(place, memory_order_relaxed) == 0)
		return 0;
	/*
	 * @atomic stray-take: pairs stray-put, stray-seek. Else: the frame is seen as it was before
	 * it was put, or two threads take it.
	 */
	return atomic_exchange_explicit(place, 0, memory_order_acquire);
}

uint32_t
lab_stray_take(struct labyrinth *lab, struct lab_room *room, uint32_t n)
{
	uint32_t count = 0;
	uint32_t i;

	if (n > LABYRINTH_ROOM_FRAMES)
		n = LABYRINTH_ROOM_FRAMES;
	for (i = 0; i < lab->frames_max && count < n && lab_strays(lab) > 0; i++) {
		uintptr_t token = place_clear(&lab->stray[i]);

		if (token == 0)
			continue;
		/* @atomic stray-count-drop: pairs stray-count-load, stray-count-correct. Else:
		 * sought in vain. */
		atomic_fetch_sub_explicit(&lab->strays, 1, memory_order_relaxed);
		if ((lab->flags & LABYRINTH_F_SEAL) != 0)
			room->ids[count++] = (uint32_t)(token - 1);
		else
			room->frames[count++] = (void *)token;
	}
	lab_room_count_set(room, count);
	return count;
}

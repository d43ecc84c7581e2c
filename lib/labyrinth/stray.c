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
place_claim(_Atomic uintptr_t *place, uintptr_t frame)
{
	uintptr_t none = 0;

	/*
	 * @atomic stray-put: pairs stray-take, stray-look, stray-seek. Else: who takes the frame
	 * sees it as it was before it was put, or two frames are left in one place.
	 */
	return atomic_compare_exchange_strong_explicit(place, &none, frame, memory_order_release,
	                                               memory_order_relaxed);
}

static uint32_t
hint_read(const _Atomic uint32_t *hint)
{
	/* @atomic stray-hint: pairs stray-hint-set. Else: nothing; a hint. */
	return atomic_load_explicit(hint, memory_order_relaxed);
}

static void
hint_set(_Atomic uint32_t *hint, uint32_t place)
{
	/* @atomic stray-hint-set: pairs stray-hint. Else: nothing; a hint. */
	atomic_store_explicit(hint, place, memory_order_relaxed);
}

/* The place after this one. */
static uint32_t
next_place(const struct labyrinth *lab, uint32_t place)
{
	return place + 1 < lab->frames_max ? place + 1 : 0;
}

/*
 * Strays are left and looked for in the order of their places, so that one that is free
 * or taken is found at once, as in a queue.
 */
bool
lab_stray_put(struct labyrinth *lab, void *frame)
{
	uint32_t at = hint_read(&lab->stray_tail);
	uint32_t i;

	/*
	 * Counted before it is there: who finds the count at zero while no call is
	 * under way has missed nothing.
	 */
	/* @atomic stray-count-add: pairs stray-count-load, stray-count-correct. Else: strays are
	 * never found. */
	atomic_fetch_add_explicit(&lab->strays, 1, memory_order_relaxed);
	for (i = 0; i < lab->frames_max; i++, at = next_place(lab, at)) {
		if (!place_claim(&lab->stray[at], (uintptr_t)frame))
			continue;
		hint_set(&lab->stray_tail, next_place(lab, at));
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
	uint32_t at = hint_read(&lab->stray_head);
	uint32_t count = 0;
	uint32_t i;

	if (n > LABYRINTH_ROOM_FRAMES)
		n = LABYRINTH_ROOM_FRAMES;
	for (i = 0; i < lab->frames_max && count < n && lab_strays(lab) > 0;
	     i++, at = next_place(lab, at)) {
		uintptr_t frame = place_clear(&lab->stray[at]);

		if (frame == 0)
			continue;
		/* @atomic stray-count-drop: pairs stray-count-load, stray-count-correct. Else:
		 * sought in vain. */
		atomic_fetch_sub_explicit(&lab->strays, 1, memory_order_relaxed);
		room->frames[count++] = (void *)frame;
	}
	hint_set(&lab->stray_head, at);
	lab_room_count_set(room, count);
	return count;
}

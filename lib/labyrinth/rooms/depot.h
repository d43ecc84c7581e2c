/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_DEPOT_H
#define LAB_DEPOT_H

/*
 * The depot: shelves of three stacks of rooms each: those without space, those with frames
 * and space, those without frames. A stack is a single word {version, room}.
 *
 * Why it is safe from ABA: a pop reads which room lies below the top one and
 * then swaps the head. If the top room was popped and pushed again meanwhile,
 * what lay below it may have changed, but then a removal happened and every
 * removal advances the version, so the swap fails. 44 bits of version would
 * have to wrap around within one pop.
 *
 * Why it is lock-free: a swap fails only because another one succeeded. A
 * thread stopped between read and swap holds nothing that others need.
 */

#include "intent.h"

_Static_assert(LAB_SHELVES >= 2, "no shelf is left for lanes");

#define LAB_VERSION_ONE (1ull << LAB_ROOM_BITS)

/* The room on top, for who only looks: it may be gone already. */
static inline uint32_t
lab_depot_top(const struct lab_head *head)
{
	/* @atomic depot-glance: pairs depot-push-cas. Else: a torn index is followed. */
	return (uint32_t)atomic_load_explicit(&head->word, memory_order_relaxed) & LAB_ROOM_MASK;
}

/* The room that lies below another one, or lay there once. */
static inline uint32_t
lab_depot_below(const struct labyrinth *lab, uint32_t room)
{
	/*
	 * @atomic below-glance: pairs depot-below-store. Else: who walks down a stack sees
	 * where a room lies in its next one, but not that it was removed from this one.
	 */
	return atomic_load_explicit(&lab_room(lab, room)->below, memory_order_acquire);
}

static inline void
lab_depot_push(struct labyrinth *lab, struct lab_head *head, uint32_t room)
{
	/* @atomic depot-push-load: pairs depot-push-cas, depot-pop-cas. Else: the swap fails. */
	uint64_t old = atomic_load_explicit(&head->word, memory_order_relaxed);
	uint64_t new;

	lab_room_stir(lab_room(lab, room));
	do {
		/*
		 * @atomic depot-below-store: pairs depot-below-load, below-glance.
		 * Else: see below-glance. For a pop its order comes from depot-push-cas.
		 */
		atomic_store_explicit(&lab_room(lab, room)->below, (uint32_t)old & LAB_ROOM_MASK,
		                      memory_order_release);
		new = (old & ~(uint64_t)LAB_ROOM_MASK) | room;
		/*
		 * @atomic depot-push-cas: pairs depot-push-load, depot-pop-load, depot-pop-cas,
		 * recover-head, depot-glance.
		 * Else: who pops the room sees its frames, count or the room below as they were
		 * before.
		 */
	} while (!atomic_compare_exchange_weak_explicit(
		&head->word, &old, new, memory_order_release, memory_order_relaxed));
}

/*
 * The lane is the caller's, who owes it an end of its intent (lab_session_publish());
 * NULL where nobody can die of it.
 */
static inline uint32_t
lab_depot_pop(struct labyrinth *lab, struct lab_head *head, struct lab_lane *lane)
{
	/*
	 * @atomic depot-pop-load: pairs depot-push-cas, depot-pop-cas. Else: what lies
	 * below the room is read as it was before the room was pushed.
	 */
	uint64_t old = atomic_load_explicit(&head->word, memory_order_acquire);
	uint64_t new;
	uint32_t top;

	do {
		top = (uint32_t)old & LAB_ROOM_MASK;
		if (top == LAB_NO_ROOM)
			break;
		if (lane != NULL)
			lab_lane_intend(lab, lane, top, LAB_NO_ROOM);
		/*
		 * @atomic depot-below-load: pairs depot-below-store, stage-store.
		 * Else: a torn index; that it is no old one is checked by depot-pop-cas.
		 */
		new = atomic_load_explicit(&lab_room(lab, top)->below, memory_order_relaxed);
		new |= (old & ~(uint64_t)LAB_ROOM_MASK) + LAB_VERSION_ONE;
		/*
		 * @atomic depot-pop-cas: pairs depot-push-load, depot-push-cas, depot-pop-load,
		 * depot-removals, recover-head.
		 * Else: the frames read from the room may be older than the push (acquire, on
		 * success and on a new try); who sees the removal does not see what this thread
		 * gave before (release).
		 */
	} while (!atomic_compare_exchange_weak_explicit(
		&head->word, &old, new, memory_order_acq_rel, memory_order_acquire));
	if (top == LAB_NO_ROOM && lane != NULL)
		lab_lane_intend_nothing(lane);
	return top;
}

/*
 * The shelf of a lane; the first is nobody's, and has what was never used. In a queue only
 * empty rooms go by this: see queue.h.
 */
static inline uint32_t
lab_shelf(const struct lab_lane *lane)
{
	return lane != NULL ? 1 + lane->id % (LAB_SHELVES - 1) : 0;
}

/* Nobody has seen it yet. */
static inline void
lab_depot_start(struct lab_head *head)
{
	/* @atomic fewest-start: pairs fewest-look. Else: nothing; nobody else is there. */
	atomic_store_explicit(&head->fewest, INT32_MAX, memory_order_relaxed);
}

/* A room of so many frames comes to a stack. Tells how many it has then. */
static inline int32_t
lab_depot_gained(struct lab_head *head, uint32_t frames)
{
	/*
	 * @atomic depot-gained: pairs depot-lost, depot-holds, depot-holds-partial. Else: the
	 * peak is too high.
	 */
	return atomic_fetch_add_explicit(&head->frames, (int32_t)frames, memory_order_relaxed) +
	       (int32_t)frames;
}

/* It went. Tells whether that leaves fewer than there ever were. */
static inline bool
lab_depot_lost(struct lab_head *head, uint32_t frames)
{
	int32_t left;

	/*
	 * @atomic depot-lost: pairs depot-gained, depot-holds, depot-holds-partial. Else: the
	 * peak is too low.
	 */
	left = atomic_fetch_sub_explicit(&head->frames, (int32_t)frames, memory_order_relaxed) -
	       (int32_t)frames;
	/* @atomic fewest-look: pairs fewest-sink, fewest-start. Else: a torn number. */
	if (left >= atomic_load_explicit(&head->fewest, memory_order_relaxed))
		return false;
	/* @atomic fewest-sink: pairs fewest-look. Else: a torn number. */
	atomic_store_explicit(&head->fewest, left, memory_order_relaxed);
	return true;
}

/* lab_depot_pop() of one of the stacks of a kind. */
static inline uint32_t
lab_depot_take_from(struct labyrinth *lab, struct lab_head *head, struct lab_lane *lane)
{
	uint32_t room = lab_depot_pop(lab, head, lane);
	uint32_t frames;

	if (room == LAB_NO_ROOM)
		return room;
	frames = lab_room_count(lab_room(lab, room));
	if (frames > 0 && lab_depot_lost(head, frames))
		lane->sunk = true;
	return room;
}

/* All removals from these stacks so far, as far as versions tell them apart. */
static inline uint64_t
lab_depot_removals(const struct lab_head heads[LAB_SHELVES])
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < LAB_SHELVES; i++) {
		/*
		 * @atomic depot-removals: pairs depot-pop-cas. Else: a room that moves to a
		 * shelf looked at already is missed.
		 */
		sum += atomic_load_explicit(&heads[i].word, memory_order_acquire) >> LAB_ROOM_BITS;
	}
	return sum;
}

/*
 * A room of the lane's own shelf, else of any: as lab_depot_pop(). When it finds
 * none there was a moment with none: had a room gone from a shelf not looked at yet
 * to one looked at, a removal would have been counted, and all are looked at again.
 */
static inline uint32_t
lab_depot_take(struct labyrinth *lab, struct lab_head heads[LAB_SHELVES], struct lab_lane *lane)
{
	uint32_t room = lab_depot_take_from(lab, &heads[lab_shelf(lane)], lane);
	uint64_t removals;
	uint32_t i;

	while (room == LAB_NO_ROOM) {
		removals = lab_depot_removals(heads);
		for (i = 0; i < LAB_SHELVES && room == LAB_NO_ROOM; i++)
			room = lab_depot_take_from(lab, &heads[i], lane);
		if (room == LAB_NO_ROOM && lab_depot_removals(heads) == removals)
			break;
	}
	return room;
}

/* A room of one kind, else of another. */
static inline uint32_t
lab_depot_take_either(struct labyrinth *lab, struct lab_head first[LAB_SHELVES],
                      struct lab_head second[LAB_SHELVES], struct lab_lane *lane)
{
	uint32_t room = lab_depot_take(lab, first, lane);

	return room != LAB_NO_ROOM ? room : lab_depot_take(lab, second, lane);
}

#endif /* LAB_DEPOT_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Who has a room? All places where it may be are looked at: lanes, then the stacks of
 * the depot. intent.h tells why what is found there holds.
 */

#include "depot.h"
#include "recover_seek.h"

static uint64_t
room_moves(const struct lab_room *room)
{
	/* @atomic room-moves: pairs room-stir. Else: see room-stir. */
	return atomic_load_explicit(&room->moves, memory_order_seq_cst);
}

bool
lab_may_be_on_stack(const struct labyrinth *lab, const struct lab_dead *dead)
{
	uint32_t i;

	for (i = 0; i < LAB_NAMES; i++) {
		uint32_t count = lab_on_stack_count(lab, i);

		if (count != 0 && (count & LAB_ON_STACK_DEAD) == 0 && i != dead->name)
			return true;
	}
	return false;
}

static bool
names(uint64_t rooms, uint32_t room)
{
	return ((uint32_t)rooms & LAB_ROOM_MASK) == room ||
	       ((uint32_t)(rooms >> LAB_ROOM_BITS) & LAB_ROOM_MASK) == room;
}

/* Is somebody in the middle of a call that uses this lane? Looked at before its slot. */
static bool
in_call(const struct lab_lane *lane)
{
	/* @atomic keeper-sought: pairs keeper-set. Else: a kept lane is taken for a busy one. */
	if (atomic_load_explicit(&lane->keeper, memory_order_seq_cst) == 0)
		return true;
	/*
	 * @atomic left-sought: pairs left-begin, left-end. Else: a call that has begun is
	 * not seen, and what it gave away is taken for held.
	 */
	return atomic_load_explicit(&lane->left, memory_order_seq_cst) < 0;
}

/*
 * What a lane names while its thread is in a call proves nothing: an intent may come to
 * nothing, and a slot names a room until the call that gave it away goes on. The
 * intent is read before the slot: it ends only after the slot names the room.
 */
enum lab_verdict
lab_seek_lanes(const struct labyrinth *lab, const struct lab_dead *dead, uint32_t room)
{
	enum lab_verdict verdict = LAB_HELD;
	uint32_t i;

	for (i = 0; i < lab->lane_count; i++) {
		const struct lab_lane *lane = &lab->lanes[i];
		uint64_t intent = lab_lane_intent(lane);
		bool calling = in_call(lane);
		uint64_t slot = lab_lane_slot(lane);
		bool gone = lab_dead_has(lab, dead, i) || (intent & LAB_BUSY) != 0;

		if (names(slot, room) && ((slot & LAB_BUSY) == 0 || (!gone && !calling)))
			return LAB_ELSEWHERE;
		if (!gone && (names(intent, room) || names(slot, room)))
			verdict = LAB_UNCERTAIN;
	}
	return verdict;
}

static uint64_t
head_now(const struct lab_head *head)
{
	/* @atomic recover-head: pairs depot-push-cas, depot-pop-cas. Else: an old stack is seen. */
	return atomic_load_explicit(&head->word, memory_order_seq_cst);
}

/*
 * Is a room in a stack? What lies below the head changes only by removals, which
 * advance the version: a walk is good if that did not happen.
 */
static enum lab_verdict
in_stack(const struct labyrinth *lab, const struct lab_head *head, uint32_t room)
{
	const uint64_t version = ~(uint64_t)LAB_ROOM_MASK;
	uint64_t seen = head_now(head);
	uint32_t at = (uint32_t)seen & LAB_ROOM_MASK;
	uint32_t steps;
	bool found = false;

	for (steps = 0; at != LAB_NO_ROOM && !found && steps < lab->room_count; steps++) {
		found = at == room;
		at = lab_depot_below(lab, at);
	}
	if (((head_now(head) ^ seen) & version) != 0)
		return LAB_UNCERTAIN;
	return found ? LAB_ELSEWHERE : LAB_HELD;
}

/* The same for all stacks of one kind. */
static enum lab_verdict
in_stacks(const struct labyrinth *lab, const struct lab_head heads[LAB_SHELVES], uint32_t room)
{
	enum lab_verdict verdict = LAB_HELD;
	uint32_t i;

	for (i = 0; i < LAB_SHELVES; i++) {
		enum lab_verdict here = in_stack(lab, &heads[i], room);

		if (here == LAB_ELSEWHERE)
			return here;
		if (here == LAB_UNCERTAIN)
			verdict = here;
	}
	return verdict;
}

enum lab_verdict
lab_seek_room(const struct labyrinth *lab, const struct lab_dead *dead, uint32_t room)
{
	const struct lab_room *at = lab_room(lab, room);
	uint64_t moves = room_moves(at);
	bool on_stack = lab_may_be_on_stack(lab, dead);
	enum lab_verdict lanes = lab_seek_lanes(lab, dead, room);
	enum lab_verdict verdict = lanes;

	if (verdict != LAB_ELSEWHERE)
		verdict = in_stacks(lab, lab->full, room);
	if (verdict == LAB_HELD)
		verdict = in_stacks(lab, lab->partial, room);
	if (verdict == LAB_HELD)
		verdict = in_stacks(lab, lab->empty, room);
	if (verdict == LAB_HELD && (on_stack || lanes == LAB_UNCERTAIN || room_moves(at) != moves))
		return LAB_UNCERTAIN;
	return verdict;
}

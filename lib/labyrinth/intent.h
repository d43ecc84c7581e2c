/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_INTENT_H
#define LAB_INTENT_H

/*
 * What makes a room findable while it moves, so that a process may be killed
 * at any instruction.
 *
 * A room is in a stack of the depot, or named by the slot of a lane. Who is about
 * to take one first names it in its lane's intent, then counts the room's move,
 * then swaps the head or slot; the intent ends when the lane's own slot names the
 * room. Who is about to give one away counts the move first, and its slot names
 * the room until it is given. So for whoever looks through all lanes first and
 * both stacks then, and sees the count of moves unchanged afterwards: a room seen
 * nowhere but in the lanes of a dead process is held by that. Seen in a lane whose
 * thread lives but is in a call, and in no stack, it may be either's.
 */

#include "labyrinth_private.h"

/*
 * A lane on a thread's stack cannot be looked through. What such a thread takes says so
 * itself: it is not sought. If that thread is killed, the room is lost.
 */
static inline void
lab_room_part(struct lab_room *room)
{
	/* @atomic room-part: pairs room-apart. Else: a room in use is taken for a dead one's. */
	atomic_store_explicit(&room->apart, 1, memory_order_seq_cst);
}

static inline void
lab_room_join(struct lab_room *room)
{
	/* @atomic room-join: pairs room-apart. Else: a dead one's room is not found. */
	atomic_store_explicit(&room->apart, 0, memory_order_relaxed);
}

/* A room is about to move. */
static inline void
lab_room_stir(struct lab_room *room)
{
	/*
	 * @atomic room-stir: pairs room-moves. Else: a room that moves while it is sought
	 * looks as if a dead process held it.
	 */
	atomic_fetch_add_explicit(&room->moves, 1, memory_order_seq_cst);
}

/* These rooms are about to be taken by who is in the lane. */
static inline void
lab_lane_intend(struct labyrinth *lab, struct lab_lane *lane, uint32_t a, uint32_t b)
{
	if (lab_unlikely(lane->id == UINT32_MAX)) {
		lab_room_part(lab_room(lab, a));
		lab_room_part(lab_room(lab, b));
	}
	/* @atomic intend: pairs intent-read. Else: a room taken by who dies next is lost. */
	atomic_store_explicit(&lane->intent, a | (uint64_t)b << LAB_ROOM_BITS,
	                      memory_order_seq_cst);
	if (a != LAB_NO_ROOM)
		lab_room_stir(lab_room(lab, a));
	if (b != LAB_NO_ROOM)
		lab_room_stir(lab_room(lab, b));
}

/* They have not been taken, or the slot of the lane names them. */
static inline void
lab_lane_intend_nothing(struct lab_lane *lane)
{
	/* @atomic intend-nothing: pairs intent-read. Else: the end is seen before the slot. */
	atomic_store_explicit(&lane->intent, 0, memory_order_release);
}

#endif /* LAB_INTENT_H */

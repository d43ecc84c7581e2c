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
#include "thread.h"

/*
 * A lane on a thread's stack cannot be looked through, so its process says how many of
 * its threads work from one. While one that lives does, nobody can tell what such a
 * thread has; once it is dead, what is nowhere else was its own.
 */
static inline void
lab_on_stack_begin(struct labyrinth *lab)
{
	/* @atomic on-stack-begin: pairs on-stack-look. Else: a room in use is taken for a dead
	 * one's. */
	atomic_fetch_add_explicit(&lab->on_stack[lab_process_name()], 1, memory_order_seq_cst);
}

static inline void
lab_on_stack_end(struct labyrinth *lab)
{
	/* @atomic on-stack-end: pairs on-stack-look. Else: the end is seen before the rooms are
	 * back. */
	atomic_fetch_sub_explicit(&lab->on_stack[lab_process_name()], 1, memory_order_release);
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

/*
 * Frames are about to be on their way to or from the places for roomless ones, in a room on the
 * caller's stack: where they are is told by their owner words, and who moves them by this.
 */
static inline void
lab_lane_intend_roomless(struct labyrinth *lab, struct lab_lane *lane)
{
	/* @atomic intend-roomless: pairs intent-read. Else: frames on their way are taken for lost.
	 */
	atomic_store_explicit(&lane->intent, LAB_ROOMLESS, memory_order_seq_cst);
	/* @atomic roomless-stir: pairs roomless-moves. Else: see intend-roomless. */
	atomic_fetch_add_explicit(&lab->roomless_moves, 1, memory_order_seq_cst);
}

#endif /* LAB_INTENT_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_QUEUE_H
#define LAB_QUEUE_H

/*
 * First in, first out: the shelves of the depot are a queue. Rooms with frames go to the shelf
 * at its tail until one of its stacks has an eighth of all frames, then to the next one. They
 * come from the shelf at its head until that is empty. A shelf itself is stacks, and so is a
 * room: the order is exact to an eighth of the frames, or to a room where that is more. Which
 * shelf is which is a hint: who has an old one takes a room out of its turn, or leaves one
 * where it is found when nothing else is left, or when its shelf is the head once more.
 */

#include "depot.h"

#define LAB_QUEUE_PARTS 8

static inline bool
lab_is_queue(const struct labyrinth *lab)
{
	return (lab->flags & LABYRINTH_F_FIFO_REUSE) != 0;
}

/* Where the queue begins and ends, in shelves since the beginning. */
struct lab_queue {
	uint32_t head;
	uint32_t tail;
};

static inline struct lab_queue
lab_queue_look(const struct labyrinth *lab)
{
	/* @atomic queue-look: pairs queue-move. Else: a head and a tail of different times. */
	uint64_t both = atomic_load_explicit(&lab->queue, memory_order_relaxed);

	return (struct lab_queue){.head = (uint32_t)both, .tail = (uint32_t)(both >> 32)};
}

/* Its head or tail goes on by so many shelves, unless somebody else has moved it. */
static inline void
lab_queue_move(struct labyrinth *lab, struct lab_queue from, uint32_t head, uint32_t tail)
{
	uint64_t old = from.head | (uint64_t)from.tail << 32;
	uint64_t new = (from.head + head) | (uint64_t)(from.tail + tail) << 32;

	/* @atomic queue-move: pairs queue-look. Else: two move it where one does. */
	atomic_compare_exchange_strong_explicit(&lab->queue, &old, new, memory_order_relaxed,
	                                        memory_order_relaxed);
}

/* Places wrap around where shelves do: there are a power of two. */
static inline uint32_t
lab_queue_shelf(uint32_t place)
{
	return place % LAB_SHELVES;
}

/* A room went to the tail, whose stack has so many frames now. */
static inline void
lab_queue_grown(struct labyrinth *lab, struct lab_queue queue, int32_t frames)
{
	if ((uint32_t)frames >= lab->frames_max / LAB_QUEUE_PARTS &&
	    queue.tail + 1 - queue.head < LAB_SHELVES)
		lab_queue_move(lab, queue, 0, 1);
}

#endif /* LAB_QUEUE_H */

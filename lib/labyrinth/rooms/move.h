/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_MOVE_H
#define LAB_MOVE_H

/*
 * What may be done in a session: move frames between a lane's rooms and the caller, and
 * exchange rooms with the depot when the lane's own do not suffice.
 */

#include "queue.h"

/* The room that gets take from; puts fill the front one. */
static inline uint32_t
lab_room_to_get(const struct labyrinth *lab, const struct lab_session *session)
{
	return lab_is_queue(lab) ? session->back : session->front;
}

/*
 * Make the room that gets take from one with at least one frame: the lane's other room, one of
 * the depot, another lane's; in a queue the depot comes first. Returns false when no frame is to be
 * had: there is none, or they are in lanes that others are in, and still are after some more looks;
 * or there are not n of them, so far as many are asked for.
 */
LAB_COLD bool
lab_front_refill(struct labyrinth *lab, struct lab_session *session, uint32_t n);

/*
 * Make the front room one with space for at least one frame. Returns false
 * when there is none, which means that more rooms are held by stopped threads
 * than the labyrinth has to spare.
 */
LAB_COLD bool
lab_front_make_space(struct labyrinth *lab, struct lab_session *session);

/* Free frames among which random reuse chooses, as long as there are so many. */
#define LAB_QUARANTINE 128

/* Random reuse: make the front room hold n frames more than the quarantine, if it can. */
LAB_COLD void
lab_front_stock(struct labyrinth *lab, struct lab_session *session, uint32_t n);

#endif /* LAB_MOVE_H */

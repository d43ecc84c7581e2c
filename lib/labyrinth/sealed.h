/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_SEALED_H
#define LAB_SEALED_H

/*
 * Between a room and the caller's array, when every frame is checked: the loops
 * that guard's speed depends on. Of packet memory they read one word a frame,
 * its seal, on a put; all else they touch lies densely.
 */

#include "seal.h"
#include "vector.h"

/*
 * Own the frames with these ids, which are free and in the room of lab_put_in(). Stops
 * at the first that is not; tells how many were.
 */
uint32_t
lab_own_while_good(const struct labyrinth *lab, const uint32_t *ids, uint32_t n, uint32_t in,
                   uint64_t record, void **frames);

/*
 * Free these frames but the first `done`, which are so already: they are owned. Note
 * their ids. Stops at the first that is no owned frame at first sight; tells how many
 * of all n are free.
 */
uint32_t
lab_free_singly_while_good(const struct labyrinth *lab, void *const *frames, uint32_t n,
                           uint32_t done, uint64_t put, uint32_t *ids);

/* Free these frames in the quickest way. As lab_free_singly_while_good() of all. */
static inline uint32_t
lab_free_while_good(const struct labyrinth *lab, void *const *frames, uint32_t n, uint64_t put,
                    uint32_t *ids)
{
	if (n >= LAB_VECTOR_FRAMES && lab_likely(lab_vector && lab->wall_bits_hold))
		return lab_free_blocks_while_good(lab, frames, n, put, ids);
	return lab_free_singly_while_good(lab, frames, n, 0, put, ids);
}

/*
 * Take the n frames on top of a room, of which the first `done` have been taken
 * already; tells how many were good.
 */
static inline uint32_t
lab_take_top(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, uint32_t number,
             void **frames, uint32_t n, uint32_t done)
{
	const uint32_t *from = &room->ids[lab_room_count(room) - n];
	uint32_t good = done;

	while (done < n) {
		uint32_t some = lab_own_while_good(lab, &from[done], n - done, lab_put_in(number),
		                                   lane->record, &frames[good]);

		good += some;
		done += some;
		if (lab_unlikely(done < n))
			lab_get_surprise(lab, lane, from[done++]);
	}
	lab_room_count_set(room, lab_room_count(room) - n);
	return good;
}

/* Take up to n frames from a room whose number is `number`; tells how many were good. */
static inline uint32_t
lab_take_sealed(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room,
                uint32_t number, void **frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);

	lab_lane_count(lab, lane);
	return lab_take_top(lab, lane, room, number, frames, n < count ? n : count, 0);
}

/* Leave up to n frames in a room; tells how many were dealt with. */
static inline uint32_t
lab_leave_sealed(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room,
                 uint32_t number, void *const *frames, uint32_t n)
{
	const uint64_t put = lab_put_record(lab, lab_lane_count(lab, lane), number);
	uint32_t count = lab_room_count(room);
	uint32_t i = 0;

	if (n > LABYRINTH_ROOM_FRAMES - count)
		n = LABYRINTH_ROOM_FRAMES - count;
	while (i < n) {
		uint32_t some = lab_free_while_good(lab, &frames[i], n - i, put, &room->ids[count]);

		count += some;
		i += some;
		if (lab_unlikely(i < n)) {
			uint32_t id = lab_put_surprise(lab, lane, frames[i++]);

			if (id == LAB_NO_ID)
				continue;
			lab_deeds_put_set(&lab->deeds[id], put);
			lab_room_place(room, count++, id);
		}
	}
	lab_room_count_set(room, count);
	return n;
}

#endif /* LAB_SEALED_H */

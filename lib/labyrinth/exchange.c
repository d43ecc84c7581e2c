/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Get and put: the data path. One visit to a lane each; what the front room
 * cannot serve is left to functions out of line.
 */

#include <errno.h>
#include <string.h>

#include "content.h"
#include "depot.h"
#include "lane.h"
#include "move.h"
#include "seal.h"

static inline bool
enter_own(struct labyrinth *lab, uint32_t lane, struct lab_visit *visit)
{
	uint32_t index = lane + LABYRINTH_GUEST_LANES;

	if (lab_unlikely(lane >= LAB_LANES_MAX || index >= lab->lane_count))
		return false;
	return lab_lane_enter(&lab->lanes[index], visit);
}

/* Take up to n frames from the front room; tells how many were good. */
static inline uint32_t
take_plain(struct lab_room *room, void **frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);

	if (n > count)
		n = count;
	memcpy(frames, &room->frames[count - n], n * sizeof(frames[0]));
	lab_room_count_set(room, count - n);
	return n;
}

static inline uint32_t
take_sealed(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, void **frames,
	    uint32_t n)
{
	const uint64_t key0 = lab->key[0];
	const uint64_t key1 = lab->key[1];
	const uint64_t free_word = lab->free_word;
	const uint64_t owned_word = lab->owned_word;
	const uint64_t record = lab_lane_record(lane);
	uint32_t count = lab_room_count(room);
	uint32_t good = 0;
	void *const *from;
	uint32_t i;

	if (n > count)
		n = count;
	from = &room->frames[count - n];
	for (i = 0; i < n; i++) {
		void *frame = from[i];
		struct lab_header *header = lab_header(frame);
		uint64_t tag = lab_tag(frame, key0, key1);

		if (lab_unlikely(header->seal != (tag ^ free_word))) {
			lab_get_surprise(lab, lane, frame);
			continue;
		}
		header->seal = tag ^ owned_word;
		header->got = record;
		frames[good++] = frame;
	}
	lab_room_count_set(room, count - n);
	return good;
}

static inline uint32_t
take(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t n)
{
	struct lab_room *room = lab_room(lab, visit->front);

	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return take_plain(room, frames, n);
	if (lab_likely((lab->flags & LAB_F_STRICT) == 0))
		return take_sealed(lab, visit->lane, room, frames, n);
	if ((lab->flags & LABYRINTH_F_RANDOM_REUSE) != 0 &&
	    lab_room_count(room) < LAB_QUARANTINE + n)
		lab_quarantine_stock(lab, visit, n);
	return lab_take_strict(lab, visit->lane, room, frames, n);
}

/* Leave up to n frames in the front room; tells how many were dealt with. */
static inline uint32_t
leave_plain(struct lab_room *room, void *const *frames, uint32_t n)
{
	uint32_t count = lab_room_count(room);

	if (n > LABYRINTH_ROOM_FRAMES - count)
		n = LABYRINTH_ROOM_FRAMES - count;
	memcpy(&room->frames[count], frames, n * sizeof(frames[0]));
	lab_room_count_set(room, count + n);
	return n;
}

static inline uint32_t
leave_sealed(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room,
	     void *const *frames, uint32_t n)
{
	const uint64_t key0 = lab->key[0];
	const uint64_t key1 = lab->key[1];
	const uint64_t free_word = lab->free_word;
	const uint64_t owned_word = lab->owned_word;
	const uint64_t record = lab_lane_record(lane);
	uint32_t count = lab_room_count(room);
	void **to = &room->frames[count];
	uint32_t i;

	if (n > LABYRINTH_ROOM_FRAMES - count)
		n = LABYRINTH_ROOM_FRAMES - count;
	for (i = 0; i < n; i++) {
		void *frame = frames[i];
		struct lab_header *header = lab_header(frame);
		uint64_t tag = lab_tag(frame, key0, key1);

		if (lab_unlikely(!lab_plausible(lab, frame) ||
				 header->seal != (tag ^ owned_word))) {
			if (!lab_put_surprise(lab, lane, frame))
				continue;
		}
		header->seal = tag ^ free_word;
		header->put = record;
		*to++ = frame;
	}
	lab_room_count_set(room, (uint32_t)(to - room->frames));
	return n;
}

static inline uint32_t
leave(struct labyrinth *lab, struct lab_visit *visit, void *const *frames, uint32_t n)
{
	struct lab_room *room = lab_room(lab, visit->front);

	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return leave_plain(room, frames, n);
	if (lab_likely((lab->flags & LAB_F_STRICT) == 0))
		return leave_sealed(lab, visit->lane, room, frames, n);
	return lab_leave_strict(lab, visit->lane, room, frames, n);
}

/* Put frames during a visit; what finds no room at all is a violation. */
static LAB_COLD void
put_rest(struct labyrinth *lab, struct lab_visit *visit, void *const *frames, uint32_t n)
{
	while (n > 0) {
		uint32_t done = 0;

		if (visit->front != LAB_NO_ROOM)
			done = leave(lab, visit, frames, n);
		frames += done;
		n -= done;
		if (n > 0 && !lab_front_make_space(lab, visit)) {
			struct labyrinth_violation none = {.kind = LABYRINTH_NO_ROOM,
							   .frame = frames[0]};

			lab_violation(lab, visit->lane, &none);
			return;
		}
	}
}

/* Get what is missing of n, after the first `got` of them. */
static LAB_COLD int
get_rest(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t got, uint32_t n)
{
	while (got < n) {
		if (lab_room_count(lab_room(lab, visit->front)) == 0 &&
		    !lab_front_refill(lab, visit))
			break;
		got += take(lab, visit, frames + got, n - got);
	}
	if (lab_likely(got == n))
		return 0;
	lab_counter_add(&visit->lane->failures, 1);
	put_rest(lab, visit, frames, got);
	return -ENOENT;
}

static LAB_COLD int
get_elsewhere(struct labyrinth *lab, void **frames, uint32_t n, const void *site)
{
	struct lab_lane local;
	struct lab_visit visit;
	int ret;

	lab_lane_enter_any(lab, &visit, &local);
	visit.lane->site = site;
	ret = get_rest(lab, &visit, frames, 0, n);
	lab_lane_leave_any(lab, &visit, &local);
	return ret;
}

static LAB_COLD void
put_elsewhere(struct labyrinth *lab, void *const *frames, uint32_t n, const void *site)
{
	struct lab_lane local;
	struct lab_visit visit;

	lab_lane_enter_any(lab, &visit, &local);
	visit.lane->site = site;
	put_rest(lab, &visit, frames, n);
	lab_lane_leave_any(lab, &visit, &local);
}

static inline int
get(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	struct lab_visit visit;
	uint32_t got = 0;
	int ret = 0;

	if (lab_unlikely(!enter_own(lab, lane, &visit)))
		return get_elsewhere(lab, frames, n, site);
	if (lab_unlikely((lab->flags & LABYRINTH_F_TRACE) != 0))
		visit.lane->site = site;
	if (lab_likely(lab_room_count(lab_room(lab, visit.front)) >= n))
		got = take(lab, &visit, frames, n);
	if (lab_unlikely(got < n))
		ret = get_rest(lab, &visit, frames, got, n);
	lab_lane_leave(&visit);
	return ret;
}

static inline void
put(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n, const void *site)
{
	struct lab_visit visit;
	uint32_t done = 0;

	if (lab_unlikely(!enter_own(lab, lane, &visit))) {
		put_elsewhere(lab, frames, n, site);
		return;
	}
	if (lab_unlikely((lab->flags & LABYRINTH_F_TRACE) != 0))
		visit.lane->site = site;
	if (lab_likely(visit.front != LAB_NO_ROOM))
		done = leave(lab, &visit, frames, n);
	if (lab_unlikely(done < n))
		put_rest(lab, &visit, frames + done, n - done);
	lab_lane_leave(&visit);
}

int
labyrinth_get(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n)
{
	return get(lab, lane, frames, n, __builtin_return_address(0));
}

int
labyrinth_get_from(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	return get(lab, lane, frames, n, site);
}

void
labyrinth_put(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n)
{
	put(lab, lane, frames, n, __builtin_return_address(0));
}

void
labyrinth_put_from(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n,
		   const void *site)
{
	put(lab, lane, frames, n, site);
}

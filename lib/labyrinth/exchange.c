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
#include "event.h"
#include "lane.h"
#include "move.h"
#include "seal.h"
#include "stray.h"

/* The caller's own lane, if it has one. */
static inline struct lab_lane *
own_lane(struct labyrinth *lab, uint32_t lane)
{
	if (lab_unlikely(lane >= lab->lane_count - LABYRINTH_GUEST_LANES))
		return NULL;
	return &lab->lanes[lane + LABYRINTH_GUEST_LANES];
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

/* Break the seal of a frame that is about to be got. */
static inline bool
unseal(const struct lab_gate *gate, void *frame, uint64_t record)
{
	struct lab_header *header = lab_header(frame);
	uint64_t tag = lab_tag(frame, gate->key0, gate->key1);

	if (lab_unlikely(lab_seal_read(header) != (tag ^ gate->free_word)))
		return false;
	lab_seal_write(header, tag ^ gate->owned_word);
	header->got = record;
	return true;
}

static inline uint32_t
take_sealed(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, void **frames,
            uint32_t n)
{
	const struct lab_gate gate = lab_gate(lab, room);
	const uint64_t record = lab_lane_record(lane);
	uint32_t count = lab_room_count(room);
	uint32_t good = 0;
	void *const *from;
	uint32_t i;

	if (n > count)
		n = count;
	from = &room->frames[count - n];
	for (i = 0; i < n; i++) {
		if (lab_likely(unseal(&gate, from[i], record)))
			frames[good++] = from[i];
		else
			lab_get_surprise(lab, lane, from[i]);
	}
	lab_room_count_set(room, count - n);
	return good;
}

static inline uint32_t
take_from(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, void **frames,
          uint32_t n)
{
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return take_plain(room, frames, n);
	if (lab_likely((lab->flags & LAB_F_STRICT) == 0))
		return take_sealed(lab, lane, room, frames, n);
	return lab_take_strict(lab, lane, room, frames, n);
}

static inline uint32_t
take(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t n)
{
	struct lab_room *room = lab_room(lab, visit->front);

	if (lab_unlikely((lab->flags & LABYRINTH_F_RANDOM_REUSE) != 0) &&
	    lab_room_count(room) < LAB_QUARANTINE + n)
		lab_quarantine_stock(lab, visit, n);
	return take_from(lab, visit->lane, room, frames, n);
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

/* Seal a frame that is being put. */
static inline bool
seal(const struct lab_gate *gate, void *frame, uint64_t record)
{
	struct lab_header *header = lab_header(frame);
	uint64_t tag = lab_tag(frame, gate->key0, gate->key1);

	if (lab_unlikely(!lab_gate_plausible(gate, frame) ||
	                 lab_seal_read(header) != (tag ^ gate->owned_word)))
		return false;
	lab_seal_write(header, tag ^ gate->free_word);
	header->put = record;
	return true;
}

/* What seal() refused, after a closer look: a violation, or a frame elsewhere. */
static LAB_COLD bool
seal_surprise(struct labyrinth *lab, struct lab_lane *lane, const struct lab_room *room,
              void *frame)
{
	struct lab_header *header = lab_header(frame);

	if (!lab_put_surprise(lab, lane, frame))
		return false;
	lab_seal_write(header, lab_tag(frame, lab->key[0], lab->key[1]) ^ lab_free_word(lab, room));
	header->put = lane->record;
	return true;
}

static inline uint32_t
leave_sealed(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room,
             void *const *frames, uint32_t n)
{
	const struct lab_gate gate = lab_gate(lab, room);
	const uint64_t record = lab_lane_record(lane);
	uint32_t count = lab_room_count(room);
	uint32_t i;

	if (n > LABYRINTH_ROOM_FRAMES - count)
		n = LABYRINTH_ROOM_FRAMES - count;
	for (i = 0; i < n; i++) {
		void *frame = frames[i];

		if (lab_likely(seal(&gate, frame, record)) || seal_surprise(lab, lane, room, frame))
			lab_room_place(room, count++, frame);
	}
	lab_room_count_set(room, count);
	return n;
}

static inline uint32_t
leave_in(struct labyrinth *lab, struct lab_lane *lane, struct lab_room *room, void *const *frames,
         uint32_t n)
{
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return leave_plain(room, frames, n);
	if (lab_likely((lab->flags & LAB_F_STRICT) == 0))
		return leave_sealed(lab, lane, room, frames, n);
	return lab_leave_strict(lab, lane, room, frames, n);
}

static inline uint32_t
leave(struct labyrinth *lab, struct lab_visit *visit, void *const *frames, uint32_t n)
{
	return leave_in(lab, visit->lane, lab_room(lab, visit->front), frames, n);
}

/*
 * No room has space: the frames go astray. They pass the same checks on their
 * way through a room of the caller's own.
 */
static LAB_COLD void
put_astray(struct labyrinth *lab, struct lab_visit *visit, void *const *frames, uint32_t n)
{
	struct labyrinth_violation none = {.kind = LABYRINTH_NO_ROOM};
	struct lab_room local;
	uint32_t i;

	lab_event(lab, visit->lane, LABYRINTH_EVENT_STRAY, n);
	while (n > 0) {
		uint32_t done;

		lab_room_count_set(&local, 0);
		done = leave_in(lab, visit->lane, &local, frames, n);
		for (i = 0; i < lab_room_count(&local); i++) {
			void *frame = local.frames[i];

			if ((lab->flags & LABYRINTH_F_SEAL) != 0)
				lab_seal_move(lab, frame, &local, lab_room(lab, LAB_NO_ROOM));
			none.frame = frame;
			if (!lab_stray_put(lab, frame))
				lab_violation(lab, visit->lane, &none);
		}
		frames += done;
		n -= done;
	}
}

/* Put frames during a visit. */
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
			put_astray(lab, visit, frames, n);
			return;
		}
	}
}

/* No room has a frame: get strays. Tells how many were good. */
static LAB_COLD uint32_t
get_astray(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t n)
{
	struct lab_room local;
	uint32_t got = 0;

	while (got < n && lab_stray_take(lab, &local, n - got) > 0)
		got += take_from(lab, visit->lane, &local, frames + got, n - got);
	return got;
}

/* Get what is missing of n, after the first `got` of them. */
static LAB_COLD int
get_rest(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t got, uint32_t n)
{
	while (got < n) {
		if (lab_room_count(lab_room(lab, visit->front)) == 0 &&
		    !lab_front_refill(lab, visit)) {
			got += get_astray(lab, visit, frames + got, n - got);
			break;
		}
		got += take(lab, visit, frames + got, n - got);
	}
	if (lab_likely(got == n))
		return 0;
	lab_counter_add(&visit->lane->failures, 1);
	lab_event(lab, visit->lane, LABYRINTH_EVENT_FAILURE, n);
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

static inline bool
one_sealed(const struct labyrinth *lab, uint32_t n)
{
	return n == 1 && (lab->flags & (LABYRINTH_F_SEAL | LAB_F_STRICT)) == LABYRINTH_F_SEAL;
}

/*
 * One frame of a sealed labyrinth. All that can be read is read before the
 * lane is entered: it takes no longer then, since entering waits for earlier
 * stores anyway, and the slot's version vouches for it. Returns false with
 * nothing done when the ordinary way has to be taken.
 */
static inline bool
get_one(struct labyrinth *lab, struct lab_lane *lane, uint64_t slot, void **out)
{
	struct lab_room *room = lab_room(lab, slot & LAB_ROOM_MASK);
	const struct lab_gate gate = lab_gate(lab, room);
	uint32_t count = lab_room_count(room);
	struct lab_header *header;
	uint64_t tag;
	void *frame;

	if (lab_unlikely(count == 0))
		return false;
	frame = lab_room_peek(room, count - 1);
	if (lab_unlikely(frame == NULL))
		return false;
	header = lab_header(frame);
	tag = lab_tag(frame, gate.key0, gate.key1);
	if (lab_unlikely(lab_seal_read(header) != (tag ^ gate.free_word) ||
	                 !lab_lane_enter_seen(lane, slot)))
		return false;
	lab_seal_write(header, tag ^ gate.owned_word);
	header->got = lab_lane_record(lane);
	lab_room_count_set(room, count - 1);
	lab_lane_leave_slot(lane, slot);
	*out = frame;
	return true;
}

static inline bool
put_one(struct labyrinth *lab, struct lab_lane *lane, uint64_t slot, void *frame)
{
	struct lab_room *room = lab_room(lab, slot & LAB_ROOM_MASK);
	const struct lab_gate gate = lab_gate(lab, room);
	struct lab_header *header = lab_header(frame);
	uint64_t tag = lab_tag(frame, gate.key0, gate.key1);
	uint32_t count = lab_room_count(room);

	if (lab_unlikely((slot & LAB_ROOM_MASK) == LAB_NO_ROOM || count == LABYRINTH_ROOM_FRAMES ||
	                 !lab_gate_plausible(&gate, frame) ||
	                 lab_seal_read(header) != (tag ^ gate.owned_word) ||
	                 !lab_lane_enter_seen(lane, slot)))
		return false;
	lab_seal_write(header, tag ^ gate.free_word);
	header->put = lab_lane_record(lane);
	lab_room_place(room, count, frame);
	lab_room_count_set(room, count + 1);
	lab_lane_leave_slot(lane, slot);
	return true;
}

/* A lane has been entered: slot is what it held. */
static __attribute__((noinline)) int
get_burst(labyrinth_t *lab, struct lab_lane *lane, uint64_t slot, void **frames, uint32_t n,
          const void *site)
{
	struct lab_visit visit;
	uint32_t got = 0;
	int ret = 0;

	lab_visit_unpack(&visit, lane, slot);
	lane->site = site;
	if (lab_likely(lab_room_count(lab_room(lab, visit.front)) >= n))
		got = take(lab, &visit, frames, n);
	if (lab_unlikely(got < n))
		ret = get_rest(lab, &visit, frames, got, n);
	lab_lane_leave(&visit);
	return ret;
}

static __attribute__((noinline)) void
put_burst(labyrinth_t *lab, struct lab_lane *lane, uint64_t slot, void *const *frames, uint32_t n,
          const void *site)
{
	struct lab_visit visit;
	uint32_t done = 0;

	lab_visit_unpack(&visit, lane, slot);
	lane->site = site;
	if (lab_likely(visit.front != LAB_NO_ROOM))
		done = leave(lab, &visit, frames, n);
	if (lab_unlikely(done < n))
		put_rest(lab, &visit, frames + done, n - done);
	lab_lane_leave(&visit);
}

static inline int
get(labyrinth_t *lab, uint32_t lane_id, void **frames, uint32_t n, const void *site)
{
	struct lab_lane *lane = own_lane(lab, lane_id);
	uint64_t slot;

	if (lab_unlikely(lane == NULL))
		return get_elsewhere(lab, frames, n, site);
	slot = lab_lane_peek(lane);
	if (one_sealed(lab, n) && lab_likely(get_one(lab, lane, slot, frames)))
		return 0;
	if (lab_unlikely(!lab_lane_enter_seen(lane, slot)))
		return get_elsewhere(lab, frames, n, site);
	return get_burst(lab, lane, slot, frames, n, site);
}

static inline void
put(labyrinth_t *lab, uint32_t lane_id, void *const *frames, uint32_t n, const void *site)
{
	struct lab_lane *lane = own_lane(lab, lane_id);
	uint64_t slot;

	if (lab_unlikely(lane == NULL)) {
		put_elsewhere(lab, frames, n, site);
		return;
	}
	slot = lab_lane_peek(lane);
	if (one_sealed(lab, n) && lab_likely(put_one(lab, lane, slot, frames[0])))
		return;
	if (lab_unlikely(!lab_lane_enter_seen(lane, slot)))
		put_elsewhere(lab, frames, n, site);
	else
		put_burst(lab, lane, slot, frames, n, site);
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

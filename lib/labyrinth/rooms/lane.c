/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <pthread.h>
#include <string.h>

#include "depot.h"
#include "lane_cache.h"
#include "lane.h"
#include "queue.h"

/* Spreads threads without an lcore id over the guest lanes. */
static uint32_t
guest_hint(void)
{
	return (uint32_t)(((uintptr_t)pthread_self() >> 6) * 0x9e3779b1u >> 28);
}

/*
 * A lane that is for many processes says whose it is before it is entered, and until
 * it has been left.
 */
static bool
guest_claim(struct lab_lane *lane)
{
	uint32_t none = 0;

	/*
	 * @atomic guest-claim: pairs guest-clear, guest-look. Else: two processes believe that the
	 * lane is theirs, and one is recovered for the other.
	 */
	return atomic_compare_exchange_strong_explicit(&lane->guest, &none, lab_process_name() + 1,
	                                               memory_order_seq_cst, memory_order_relaxed);
}

void
lab_lane_guest_clear(struct lab_lane *lane)
{
	/* @atomic guest-clear: pairs guest-claim, guest-look. Else: see guest-claim. */
	atomic_store_explicit(&lane->guest, 0, memory_order_release);
}

static bool
enter_one(struct labyrinth *lab, struct lab_lane *lane, struct lab_session *session)
{
	if (!lab_lane_is_common(lab, lane->id))
		return lab_lane_enter(lane, session);
	if (!guest_claim(lane))
		return false;
	if (lab_lane_enter(lane, session))
		return true;
	lab_lane_guest_clear(lane);
	return false;
}

/* Enter one of so many lanes, from a hint on. */
static bool
enter_one_of(struct labyrinth *lab, struct lab_session *session, uint32_t first, uint32_t n,
             uint32_t hint)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (enter_one(lab, &lab->lanes[first + (hint + i) % n], session))
			return true;
	}
	return false;
}

static bool
enter_part(struct labyrinth *lab, struct lab_session *session, uint32_t part)
{
	uint32_t each = lab->owns / lab->processes;

	return enter_one_of(lab, session, part * LABYRINTH_GUEST_LANES, LABYRINTH_GUEST_LANES,
	                    guest_hint()) ||
	       enter_one_of(lab, session, lab->guests + part * each, each, 0);
}

void
lab_lane_enter_any(struct labyrinth *lab, struct lab_session *session, struct lab_lane *local)
{
	/* Lanes of other processes are left alone: what is in them dies with these. */
	uint32_t part =
		lab_process_number < lab->processes ? lab_process_number : lab->processes - 1;

	if (enter_part(lab, session, part) || (lab->common != LAB_NO_PART && part != lab->common &&
	                                       enter_part(lab, session, lab->common)))
		return;
	lab_on_stack_begin(lab);
	memset(local, 0, sizeof(*local));
	local->id = UINT32_MAX;
	lab_session_unpack(session, local, 0);
}

void
lab_lane_leave_any(struct labyrinth *lab, struct lab_session *session, const struct lab_lane *local)
{
	if (session->lane == local) {
		lab_session_retire(lab, session);
		lab_on_stack_end(lab);
		return;
	}
	lab_lane_leave(lab, session);
	if (lab_lane_is_common(lab, session->lane->id))
		lab_lane_guest_clear(session->lane);
}

/* A room with frames goes to a shelf. Tells how many the stack has then. */
static int32_t
retire_to(struct labyrinth *lab, uint32_t shelf, uint32_t room)
{
	uint32_t count = lab_room_count(lab_room(lab, room));
	struct lab_head *head =
		count < LABYRINTH_ROOM_FRAMES ? &lab->partial[shelf] : &lab->full[shelf];
	int32_t frames = lab_depot_gained(head, count);

	lab_depot_push(lab, head, room);
	return frames;
}

void
lab_room_retire(struct labyrinth *lab, const struct lab_lane *lane, uint32_t room)
{
	if (room == LAB_NO_ROOM)
		return;
	if (!lab_has_frames(lab, room)) {
		lab_depot_push(lab, &lab->empty[lab_shelf(lane)], room);
	} else if (!lab_is_queue(lab)) {
		retire_to(lab, lab_shelf(lane), room);
	} else {
		struct lab_queue queue = lab_queue_look(lab);

		lab_queue_grown(lab, queue, retire_to(lab, lab_queue_shelf(queue.tail), room));
	}
}

void
lab_session_retire(struct labyrinth *lab, struct lab_session *session)
{
	/* What a queue has given, and nobody got, is the oldest still. */
	if (lab_is_queue(lab) && lab_has_frames(lab, session->back))
		retire_to(lab, lab_queue_shelf(lab_queue_look(lab).head), session->back);
	else
		lab_room_retire(lab, session->lane, session->back);
	lab_room_retire(lab, session->lane, session->front);
	session->front = LAB_NO_ROOM;
	session->back = LAB_NO_ROOM;
}

bool
lab_lane_kept_by_dead(const struct lab_lane *lane)
{
	/*
	 * @atomic keeper-dead: pairs keeper-set. Else: of a lane that another thread keeps since,
	 * the process of the one before is seen.
	 */
	return atomic_load_explicit(&lane->keeper, memory_order_acquire) != 0 &&
	       /* @atomic keeper-pid: pairs keeper-pid-set. Else: a torn number. */
	       atomic_load_explicit(&lane->pid, memory_order_relaxed) != lab_process_id();
}

/* From how many frames in the front room on the back one has to go. */
static uint32_t
spill_limit(const struct labyrinth *lab, const struct lab_session *session)
{
	uint32_t back = 0;

	/* Without a room the very first frame takes the slow path. */
	if (session->front == LAB_NO_ROOM)
		return 0;
	if (session->back != LAB_NO_ROOM)
		back = lab_room_count(lab_room(lab, session->back));
	return lab->lane_frames - back < LABYRINTH_ROOM_FRAMES ? lab->lane_frames - back
	                                                       : LABYRINTH_ROOM_FRAMES;
}

void
lab_lane_trim(struct labyrinth *lab, struct lab_session *session)
{
	uint32_t limit = spill_limit(lab, session);

	if (session->front != LAB_NO_ROOM &&
	    lab_room_count(lab_room(lab, session->front)) > limit) {
		/* What was put into the back room is older, and colder. */
		lab_room_retire(lab, session->lane, session->back);
		lab_counter_add(&session->lane->flushes, 1);
		session->back = LAB_NO_ROOM;
		limit = LABYRINTH_ROOM_FRAMES;
	}
	session->lane->spill = limit;
	lab_lane_front_note(session->lane, lab_room(lab, session->front));
	session->lane->put = lab_word_moved(session->lane->put, session->front);
	lab_session_publish(session);
}

bool
lab_lane_keep(struct labyrinth *lab, struct lab_lane *lane)
{
	struct lab_session session;

	if (lab_lane_keeper(lane) != 0 || !lab_lane_enter(lane, &session))
		return false;
	/* @atomic keeper-pid-set: pairs keeper-pid. Else: the keeper is taken for a dead one. */
	atomic_store_explicit(&lane->pid, lab_process_id(), memory_order_relaxed);
	lab_lane_look_at_clock(lab, lane);
	lab_lane_trim(lab, &session);
	lab_lane_mark_used(lab, lane->id);
	/*
	 * @atomic keeper-set: pairs keeper-count, keeper-dead, keeper-look, keeper-seen,
	 * keeper-sought. Else: see keeper-look.
	 */
	atomic_store_explicit(&lane->keeper, lab_self(), memory_order_release);
	return true;
}

static void
keeper_clear(struct lab_lane *lane)
{
	/* @atomic keeper-clear: pairs keeper-look, keeper-seen. Else: see keeper-look. */
	atomic_store_explicit(&lane->keeper, 0, memory_order_relaxed);
}

void
lab_lane_reset(struct lab_lane *lane, uint64_t slot)
{
	/* The next call looks at the clock, and notes who it is. */
	lab_lane_end(lane, 0);
	lab_lane_in_hand(lane, 0);
	keeper_clear(lane);
	lab_lane_leave_slot(lane, slot & ~LAB_SLOT_ROOMS);
}

void
labyrinth_lane_leave(labyrinth_t *lab, uint32_t id)
{
	if (id < lab->owns && lab_lane_is_kept(&lab->own[id]))
		labyrinth_lane_release(lab, id);
}

void
labyrinth_lane_release(labyrinth_t *lab, uint32_t id)
{
	struct lab_lane *lane;
	struct lab_session session;

	if (id >= lab->owns)
		return;
	lane = &lab->own[id];
	lab_lane_cache_clear(lab, id);
	if (lab_lane_keeper(lane) == 0)
		return;
	/* As a call: until it ends, the slot names rooms that may be given away. */
	lab_lane_begin(lane);
	lab_session_unpack(&session, lane, lab_lane_peek(lane));
	lab_session_merge(lab, &session);
	lab_session_retire(lab, &session);
	lab_session_publish(&session);
	lab_lane_mark_unused(lab, lane->id);
	lab_lane_end(lane, 0);
	keeper_clear(lane);
	lab_lane_leave(lab, &session);
}

void
lab_session_merge(struct labyrinth *lab, const struct lab_session *session)
{
	struct lab_room *front = lab_room(lab, session->front);
	struct lab_room *back = lab_room(lab, session->back);
	uint32_t have = lab_room_count(front);
	uint32_t left = lab_room_count(back);
	uint32_t n = LABYRINTH_ROOM_FRAMES - have;
	uint32_t i;

	if (session->front == LAB_NO_ROOM || session->back == LAB_NO_ROOM)
		return;
	if (n > left)
		n = left;
	for (i = 0; i < n; i++) {
		void *frame = back->frames[left - n + i];

		/* One that is not in the room is left as it is: its next get finds that. */
		if ((lab->flags & LABYRINTH_F_SEAL) != 0) {
			struct lab_word *word = lab_word_of(lab, frame);

			if (word != NULL && lab_word_is_in(lab_word_read(word), session->back))
				lab_word_write(word,
				               lab_word_moved(lab_word_read(word), session->front));
		}
		lab_room_note(&front->frames[have + i], frame);
	}
	/* First: without words, who is killed in between loses them, but no two get them. */
	lab_room_count_set(back, left - n);
	lab_room_count_set(front, have + n);
}

uint32_t
lab_lane_used_from(const struct labyrinth *lab, uint32_t from)
{
	uint32_t i;

	for (i = from / 64; i <= (lab->lane_count - 1) / 64; i++) {
		/* @atomic used-read: pairs used-set, used-clear. Else: a new lane is not searched.
		 */
		uint64_t bits = atomic_load_explicit(&lab->lanes_used[i], memory_order_acquire);

		if (i == from / 64)
			bits &= ~0ull << from % 64;
		if (bits != 0)
			return i * 64 + (uint32_t)__builtin_ctzll(bits);
	}
	return lab->lane_count;
}

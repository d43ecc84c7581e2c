/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_LANE_H
#define LAB_LANE_H

/*
 * Lanes: who enters one owns its two rooms until leaving.
 *
 * Entering is one compare-and-swap that sets the busy bit, leaving is one
 * store. Nobody waits: a lane found busy is passed by, and a thread that finds
 * every lane busy works with a lane on its own stack. So a thread may be
 * stopped or killed inside of a lane, two threads may believe to be the same
 * lcore, and a signal handler may interrupt a call of its own thread.
 *
 * Where the labyrinth allows it, the first thread to enter a lane keeps it: it
 * stays in it between calls, which then need no compare-and-swap. What it holds
 * others cannot get, so there is a limit to that (lane_frames).
 */

#include "intent.h"
#include "record.h"

static inline void
lab_session_unpack(struct lab_session *session, struct lab_lane *lane, uint64_t slot)
{
	session->lane = lane;
	session->version = slot & ~(LAB_BUSY | LAB_SLOT_ROOMS);
	session->front = (uint32_t)slot & LAB_ROOM_MASK;
	session->back = (uint32_t)(slot >> LAB_ROOM_BITS) & LAB_ROOM_MASK;
}

/* What a lane's slot is; nothing is entered. */
static inline uint64_t
lab_lane_peek(const struct lab_lane *lane)
{
	/*
	 * @atomic lane-peek: pairs lane-leave, lane-steal. Else: what is read of the rooms before
	 * they are entered is older than the version that vouches for it.
	 */
	return atomic_load_explicit(&lane->slot, memory_order_acquire);
}

/*
 * Enter a lane whose slot was seen like this. Success means that nobody was
 * in it since: what was read of its rooms between peek and entry holds.
 */
static inline bool
lab_lane_enter_seen(struct lab_lane *lane, uint64_t slot)
{
	if (lab_unlikely((slot & LAB_BUSY) != 0))
		return false;
	/*
	 * @atomic lane-enter: pairs lane-leave, lane-steal. Else: the rooms are read as
	 * they were before the last holder left (acquire), or what was read after the
	 * peek is in truth read after others may enter again (release).
	 */
	return lab_likely(atomic_compare_exchange_strong_explicit(
		&lane->slot, &slot, slot | LAB_BUSY, memory_order_acq_rel, memory_order_relaxed));
}

static inline bool
lab_lane_enter(struct lab_lane *lane, struct lab_session *session)
{
	uint64_t slot = lab_lane_peek(lane);

	if (!lab_lane_enter_seen(lane, slot))
		return false;
	lab_session_unpack(session, lane, slot);
	return true;
}

/* The slot after one more session, with the version gone on. */
static inline uint64_t
lab_slot_next(uint64_t slot)
{
	return (slot + LAB_SLOT_VERSION_ONE) & ~LAB_BUSY;
}

static inline void
lab_lane_leave_slot(struct lab_lane *lane, uint64_t slot)
{
	/*
	 * @atomic lane-leave: pairs lane-enter, lane-peek, lane-steal, lane-steal-load,
	 * lane-look, recover-slot. Else: the next holder sees frames or counts as they were before
	 * this session.
	 */
	atomic_store_explicit(&lane->slot, lab_slot_next(slot), memory_order_release);
}

static inline void
lab_lane_leave(const struct labyrinth *lab, const struct lab_session *session)
{
	lab_lane_front_note(session->lane, lab_room(lab, session->front));
	lab_lane_leave_slot(session->lane, session->version | session->front |
	                                           (uint64_t)session->back << LAB_ROOM_BITS);
}

/*
 * Name the rooms of a session in the lane's slot while it goes on: who
 * counts free frames must know which of them nobody can get just now.
 */
static inline void
lab_session_publish(const struct lab_session *session)
{
	uint64_t slot =
		session->version | session->front | (uint64_t)session->back << LAB_ROOM_BITS;

	/*
	 * @atomic lane-publish: pairs lane-look, recover-slot. Else: a room that was given away
	 * is seen neither in the slot nor in its stack yet.
	 */
	atomic_store_explicit(&session->lane->slot, slot | LAB_BUSY, memory_order_release);
	lab_lane_intend_nothing(session->lane);
}

/* Who keeps this lane; 0: nobody. */
static inline uint64_t
lab_lane_keeper(const struct lab_lane *lane)
{
	/* @atomic keeper-seen: pairs keeper-set, keeper-clear. Else: a vain try to enter. */
	return atomic_load_explicit(&lane->keeper, memory_order_relaxed);
}

/* Does the caller keep this lane? */
static inline bool
lab_lane_is_kept(const struct lab_lane *lane)
{
	/* @atomic keeper-look: pairs keeper-set, keeper-clear. Else: two threads are in it. */
	return atomic_load_explicit(&lane->keeper, memory_order_relaxed) == lab_self();
}

/* May the data path work from the lane of this number for the caller? */
static inline bool
lab_lane_is_own(const struct labyrinth *lab, uint32_t id)
{
	return id < lab->lanes_own && (lab->way != LAB_WAY_KEPT || lab_lane_is_kept(&lab->own[id]));
}

static inline int32_t
lab_lane_left(const struct lab_lane *lane)
{
	/* @atomic left-look: pairs left-begin, left-end. Else: a signal handler uses the rooms of
	 * the call that it interrupts.
	 */
	return atomic_load_explicit(&lane->left, memory_order_relaxed);
}

/* A call of the keeper begins. A signal handler that finds it so interrupts a call. */
static inline void
lab_lane_begin(struct lab_lane *lane)
{
	/*
	 * @atomic left-begin: pairs left-look, left-fence, left-seen, left-sought. Else: see
	 * left-look.
	 */
	atomic_store_explicit(&lane->left, -1, memory_order_relaxed);
	/*
	 * @atomic left-fence: pairs left-begin. Else: the compiler reads the rooms before the
	 * call is seen to have begun.
	 */
	atomic_signal_fence(memory_order_seq_cst);
}

/* It ends: so many calls later the lane looks at the clock. */
static inline void
lab_lane_end(struct lab_lane *lane, int32_t left)
{
	/*
	 * @atomic left-end: pairs left-look, left-seen, left-sought. Else: who counts frames
	 * sees counts from before the call.
	 */
	atomic_store_explicit(&lane->left, left, memory_order_release);
}

/*
 * What others may wait for a moment, in case that a get has to give it back; none: its thread
 * is not taken for stopped any more.
 */
static inline void
lab_lane_in_hand(struct lab_lane *lane, uint32_t frames)
{
	/* @atomic in-hand-set: pairs in-hand-look. Else: see in-hand-look. */
	atomic_store_explicit(&lane->in_hand, frames, memory_order_relaxed);
	/* @atomic stopped-clear: pairs stopped-look. Else: a torn slot. */
	atomic_store_explicit(&lane->stopped_at, 0, memory_order_relaxed);
}

/* Is it a lane that many processes use? */
static inline bool
lab_lane_is_common(const struct labyrinth *lab, uint32_t id)
{
	return id - lab->common_guest < LABYRINTH_GUEST_LANES || id >= lab->common_own;
}

/* A lane that many processes use has been left. */
void
lab_lane_guest_clear(struct lab_lane *lane);

/* Is a lane kept by a thread of another process? That is dead, since the lane is ours. */
bool
lab_lane_kept_by_dead(const struct lab_lane *lane);

/* Nobody is in this lane any more, which was busy like this; it has no rooms. */
void
lab_lane_reset(struct lab_lane *lane, uint64_t slot);

/* Make a kept lane name its rooms, and keep to the limit. */
LAB_COLD void
lab_lane_trim(struct labyrinth *lab, struct lab_session *session);

/* Keep a lane that nobody keeps; false when it cannot be had. */
LAB_COLD bool
lab_lane_keep(struct labyrinth *lab, struct lab_lane *lane);

/*
 * Enter a lane that is not the caller's own or not free: a guest lane, else
 * any lane, else `local`, which is nobody's. Never fails.
 */
LAB_COLD void
lab_lane_enter_any(struct labyrinth *lab, struct lab_session *session, struct lab_lane *local);

/* Leave a lane entered by either call. */
LAB_COLD void
lab_lane_leave_any(struct labyrinth *lab, struct lab_session *session,
                   const struct lab_lane *local);

/*
 * Take the rooms of some other lane that is not busy: one with a frame in it
 * (to get frames), or one with space in it (to put frames). Returns false when
 * there is none.
 */
LAB_COLD bool
lab_lane_steal(struct labyrinth *lab, struct lab_session *session, bool want_frames);

/*
 * Are there frames in a lane that nobody keeps, other than the caller's, or in the hands of
 * who is in it? That thread leaves it soon, or has just left it, unless it is stopped:
 * lanes that did not change while somebody looked before are passed by.
 */
LAB_COLD bool
lab_lanes_have_frames(const struct labyrinth *lab, const struct lab_lane *mine);

/* The caller has looked long enough: who is in such a lane is stopped. */
LAB_COLD void
lab_lanes_seem_stopped(struct labyrinth *lab, const struct lab_lane *mine);

/* Between two looks at what another thread is about to write. */
static inline void
lab_pause(void)
{
#ifdef __x86_64__
	__builtin_ia32_pause();
#endif
}

/* The first lane from `from` on that may have rooms; lane_count if there is none. */
uint32_t
lab_lane_used_from(const struct labyrinth *lab, uint32_t from);

#define LAB_LANES_FOREACH(lab, i)                                         \
	for ((i) = lab_lane_used_from((lab), 0); (i) < (lab)->lane_count; \
	     (i) = lab_lane_used_from((lab), (i) + 1))

/* Move frames from the back room to the front one, until that is full. */
void
lab_session_merge(struct labyrinth *lab, const struct lab_session *session);

/* Give both rooms of a session to the depot. */
void
lab_session_retire(struct labyrinth *lab, struct lab_session *session);

/* Give one room to the stack it belongs to, on the shelf of this lane. */
void
lab_room_retire(struct labyrinth *lab, const struct lab_lane *lane, uint32_t room);

/* Remember that this lane may have rooms: only such lanes are searched. */
static inline void
lab_lane_mark_used(struct labyrinth *lab, uint32_t id)
{
	uint64_t bit = 1ull << id % 64;

	/* A lane on a thread's stack keeps no rooms, and its id is none. */
	if (id >= lab->lane_count)
		return;
	/* @atomic used-look: pairs used-set, used-clear. Else: only a vain addition. */
	if ((atomic_load_explicit(&lab->lanes_used[id / 64], memory_order_relaxed) & bit) != 0)
		return;
	/*
	 * @atomic used-set: pairs used-look, used-read, used-clear. Else: a lane with rooms is
	 * never searched, and its frames cannot be got by others.
	 */
	atomic_fetch_or_explicit(&lab->lanes_used[id / 64], bit, memory_order_acq_rel);
}

/* It has none, and somebody who enters it later says that it has. */
static inline void
lab_lane_mark_unused(struct labyrinth *lab, uint32_t id)
{
	/* @atomic used-clear: pairs used-look, used-set, used-read. Else: see used-set. */
	atomic_fetch_and_explicit(&lab->lanes_used[id / 64], ~(1ull << id % 64),
	                          memory_order_acq_rel);
}

#endif /* LAB_LANE_H */

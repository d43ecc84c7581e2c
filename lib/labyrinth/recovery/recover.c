/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Recovery. The lanes of a dead process name rooms it may have held, in their
 * slots and intents. Which of them it did hold is told by looking for each: see
 * intent.h. What was in such a room is told by the words of all frames; the room's
 * own count may not have been written yet.
 */

#include <errno.h>

#include "depot.h"
#include "lane.h"
#include "recover.h"

/* Rooms seen while they moved are sought again, so many times. */
#define TRIES 1000

/* The lane's thread is known to be dead: what the lane names nobody else can have by it. */
static void
mark_dead(struct lab_lane *lane)
{
	uint64_t intent = lab_lane_intent(lane);

	/* @atomic intent-mark: pairs intent-read. Else: who recovers next believes it alive. */
	atomic_store_explicit(&lane->intent, intent | LAB_BUSY, memory_order_seq_cst);
}

/* Did somebody dead get the frame that has this word, which has been looked at? */
static bool
got_by_dead(const struct labyrinth *lab, const struct lab_dead *dead, const struct lab_word *word)
{
	uint32_t who = lab_own_who(lab_word_got(word));
	uint32_t pid;
	uint32_t lane;

	lab_who_read(lab, who, &pid, &lane);
	/* The frame is in a room that only the dead held: there is nobody else who got it. */
	return who == LAB_WHO_OTHERS || lab_dead_has(lab, dead, lane);
}

/*
 * Make a room what it should be: it has the frames whose words name it, and those
 * that were taken out of it by a call that did not end.
 */
static uint32_t
rebuild(struct labyrinth *lab, const struct lab_dead *dead, uint32_t number)
{
	struct lab_room *room = lab_room(lab, number);
	uint32_t listed = lab_room_count(room);
	uint32_t count = 0;
	uint32_t i;

	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return listed;
	/* Words first: afterwards they tell these as well. */
	for (i = 0; i < listed && i < LABYRINTH_ROOM_FRAMES; i++) {
		struct lab_word *word = lab_word_of(lab, room->frames[i]);

		if (word != NULL && lab_word_owned(lab_word_look(word)) &&
		    got_by_dead(lab, dead, word))
			lab_word_write(word, LAB_WORD_IN(number));
	}
	for (i = 0; i < lab->frames && count < LABYRINTH_ROOM_FRAMES; i++) {
		if (lab_word_is_in(lab_word_read(lab_id_word(lab, i)), number))
			lab_room_note(&room->frames[count++], lab->table[i]);
	}
	lab_room_count_set(room, count);
	return count;
}

/* Give back one room that a lane of the dead process names; false when it kept moving. */
static bool
recover_room(struct labyrinth *lab, const struct lab_dead *dead, uint32_t room,
             struct labyrinth_recovery *found)
{
	enum lab_verdict verdict = LAB_HELD;
	uint32_t tries;

	if (room == LAB_NO_ROOM)
		return true;
	if (room == LAB_ROOMLESS)
		return lab_recover_roomless(lab, dead, found);
	for (tries = 0; tries < TRIES; tries++) {
		verdict = lab_seek_room(lab, dead, room);
		if (verdict != LAB_UNCERTAIN)
			break;
	}
	if (verdict == LAB_HELD) {
		found->frames += rebuild(lab, dead, room);
		found->rooms++;
		lab_room_retire(lab, NULL, room);
	}
	return verdict != LAB_UNCERTAIN;
}

static bool
recover_rooms(struct labyrinth *lab, const struct lab_dead *dead, uint64_t rooms,
              struct labyrinth_recovery *found)
{
	bool front = recover_room(lab, dead, (uint32_t)rooms & LAB_ROOM_MASK, found);
	bool back =
		recover_room(lab, dead, (uint32_t)(rooms >> LAB_ROOM_BITS) & LAB_ROOM_MASK, found);

	return front && back;
}

/*
 * What the lane names goes back; a room already given back is in a stack by then
 * and is not given twice. Nobody but the caller touches a busy lane. It stays
 * marked when it cannot be recovered just now: so two processes that died over one
 * room do not make each other's recovery impossible.
 */
static bool
recover_lane(struct labyrinth *lab, const struct lab_dead *dead, struct lab_lane *lane,
             struct labyrinth_recovery *found)
{
	uint64_t slot = lab_lane_slot(lane);
	bool taken;
	bool named;

	/* Who leaves a lane has ended its intent before. */
	if ((slot & LAB_BUSY) == 0) {
		lab_lane_guest_clear(lane);
		return true;
	}
	mark_dead(lane);
	/* One that is uncertain does not keep the others from being found. */
	taken = recover_rooms(lab, dead, lab_lane_intent(lane), found);
	named = recover_rooms(lab, dead, slot, found);
	if (!taken || !named)
		return false;
	lab_lane_intend_nothing(lane);
	found->lanes++;
	lab_lane_reset(lane, slot);
	lab_lane_guest_clear(lane);
	return true;
}

static bool
dead_is(const struct labyrinth *lab, uint32_t process, struct lab_dead *dead)
{
	uint32_t each = lab->owns / lab->processes;

	*dead = (struct lab_dead){.name = process, .guest = LAB_LANES_MAX, .own = LAB_LANES_MAX};
	if (process < lab->processes && process != lab->common) {
		dead->guest = process * LABYRINTH_GUEST_LANES;
		dead->own = lab->guests + process * each;
		dead->each = each;
		return true;
	}
	return lab->common != LAB_NO_PART && process < LABYRINTH_PROCESSES_MAX;
}

/* Not waited for: whoever recovers at the same time does as well. */
static bool
begin(struct labyrinth *lab, uint32_t dead)
{
	uint32_t self = lab_process_name() + 1;
	uint32_t holder = 0;

	/* Who began it may have died of what it is recovered from now. */
	while (holder == 0 || holder == dead + 1) {
		/* @atomic recover-begin: pairs recover-begin, recover-end. Else: two give one room
		 * back. */
		if (atomic_compare_exchange_strong_explicit(&lab->recovering, &holder, self,
		                                            memory_order_acq_rel,
		                                            memory_order_relaxed))
			return true;
	}
	return false;
}

static void
end(struct labyrinth *lab)
{
	/* @atomic recover-end: pairs recover-begin. Else: the next one sees lanes half reset. */
	atomic_store_explicit(&lab->recovering, 0, memory_order_release);
}

/*
 * Threads that worked from their stack are dead. No lane names what they had: all rooms
 * are sought, and all roomless frames.
 */
static bool
recover_on_stack(struct labyrinth *lab, const struct lab_dead *dead,
                 struct labyrinth_recovery *found)
{
	bool good = true;
	uint32_t i;

	if (lab_on_stack_count(lab, dead->name) == 0)
		return true;
	/* @atomic on-stack-mark: pairs on-stack-look. Else: who recovers next believes them alive.
	 */
	atomic_fetch_or_explicit(&lab->on_stack[dead->name], LAB_ON_STACK_DEAD,
	                         memory_order_seq_cst);
	for (i = 1; i <= lab->room_count; i++)
		good = recover_room(lab, dead, i, found) && good;
	good = recover_room(lab, dead, LAB_ROOMLESS, found) && good;
	if (!good)
		return false;
	/* @atomic on-stack-clear: pairs on-stack-look. Else: rooms are sought in vain. */
	atomic_store_explicit(&lab->on_stack[dead->name], 0, memory_order_relaxed);
	return true;
}

int
labyrinth_recover(labyrinth_t *lab, uint32_t process, struct labyrinth_recovery *found)
{
	struct lab_dead dead;
	uint32_t i;
	int ret = 0;

	if (!dead_is(lab, process, &dead))
		return -EINVAL;
	/* Rooms of frames that are being added are in no place yet. */
	if (lab->staged != 0)
		return -EAGAIN;
	if (!begin(lab, process))
		return -EBUSY;
	for (i = 0; i < lab->lane_count; i++) {
		if (lab_dead_has(lab, &dead, i) && !recover_lane(lab, &dead, &lab->lanes[i], found))
			ret = -EAGAIN;
	}
	if (!recover_on_stack(lab, &dead, found))
		ret = -EAGAIN;
	end(lab);
	return ret;
}

bool
lab_recover_lane(struct labyrinth *lab, struct lab_lane *lane)
{
	/* Guest lanes behind all there are: this lane alone is dead. */
	const struct lab_dead dead = {
		.name = LAB_NOBODY,
		.guest = LAB_LANES_MAX,
		.own = lane->id,
		.each = 1,
	};
	struct labyrinth_recovery found = {0};
	bool good;

	/* Not to keep others from recovering for nothing. */
	if (!lab_lane_kept_by_dead(lane) || !begin(lab, LAB_NOBODY))
		return false;
	/* Another thread of this process may have done it, and may keep the lane now. */
	good = lab_lane_kept_by_dead(lane) && recover_lane(lab, &dead, lane, &found);
	end(lab);
	return good;
}

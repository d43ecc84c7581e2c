/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_SEAL_H
#define LAB_SEAL_H

/*
 * The seal: one word at the very begin of a frame's header, so that whatever
 * overflows from the frame in front destroys it first.
 *
 *   seal = tag(address, key) ^ id
 *
 * It never changes while the labyrinth lasts. It tells the id of the frame, and the
 * deeds with that id must be those of this one: so no other word passes for it, and
 * nothing but a frame has one. The tag folds a 128-bit product of
 * two secrets with the address: one known seal leaves as many candidates for
 * another as there are numbers.
 *
 * Whether the frame is free or owned stands in its deeds, out of reach of packet
 * memory and so close to those of its neighbours in a room that the processor
 * sees few lines of them. Deeds need no read-modify-write. Two threads that put
 * one frame at the same time may both find it owned. Each leaves it in another
 * room, since a room has one holder at a time, and the deeds name the room of
 * whoever wrote last: the copy in the other room is found to be none when it is
 * about to be handed out. What remains is a thread stopped between check and
 * write of its put while another puts the same frame and a third gets it: closing
 * that would take a compare-and-swap a frame.
 */

#include "labyrinth_private.h"
#include "labyrinth_violation.h"
#include "thread.h"

/* In front of every frame. The caller's part, after it, is DPDK's. */
struct lab_header {
	_Atomic uint64_t seal; /* written when the frame is added */
	uint64_t content;      /* while free: digest of what must not change */
};

_Static_assert(sizeof(struct lab_header) + LABYRINTH_HEADER_CALLER_LEN <= LABYRINTH_HEADER_LEN,
               "the header does not fit in front of what the caller keeps there");

static inline struct lab_header *
lab_header(const void *frame)
{
	return (struct lab_header *)((uintptr_t)frame - LABYRINTH_HEADER_LEN);
}

static inline uint64_t
lab_seal_read(const struct lab_header *header)
{
	/* @atomic seal-read: pairs seal-write. Else: a torn seal is taken for an overflow. */
	return atomic_load_explicit(&header->seal, memory_order_relaxed);
}

static inline void
lab_seal_write(struct lab_header *header, uint64_t seal)
{
	/* @atomic seal-write: pairs seal-read. Else: a torn seal is taken for an overflow. */
	atomic_store_explicit(&header->seal, seal, memory_order_relaxed);
}

static inline uint64_t
lab_fold(uint64_t a, uint64_t b)
{
#ifdef __x86_64__
	uint64_t high;

	/* gcc 12 takes the halves of a 128-bit product through memory. */
	__asm__("mulq %3" : "=a"(a), "=d"(high) : "0"(a), "rm"(b) : "cc");
	return a ^ high;
#else
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
#endif
}

static inline uint64_t
lab_tag(const void *frame, uint64_t key0, uint64_t key1)
{
	return lab_fold((uintptr_t)frame ^ key0, key1);
}

/* The id in the header of a frame: no frame has it if the header is not whole. */
static inline uint64_t
lab_seal_id(const void *frame, uint64_t key0, uint64_t key1)
{
	return lab_tag(frame, key0, key1) ^ lab_seal_read(lab_header(frame));
}

/*
 * A record of a get: process (22 bits), lane (12 bits), stamp (30 bits). Of a
 * put, in a word half as long: lane (as many bits as lanes need), stamp. Stamps
 * are coarse, so that their bits last; they are never zero, and so is no record.
 */
#define LAB_STAMP_SHIFT 20
#define LAB_STAMP_BITS  30
#define LAB_LANE_BITS   12
/* Stamps of puts are 16 times coarser. */
#define LAB_WHEN_SHIFT 4
/* The number of a room that is none: such a frame is nobody's for good. */
#define LAB_QUARANTINED (LAB_ROOM_MASK + 1)
/* A lane looks at the clock once in so many calls. */
#define LAB_STAMP_EVERY 64

_Static_assert(LAB_LANES_MAX <= 1 << LAB_LANE_BITS, "a lane's number is too long");

static inline uint64_t
lab_deeds_got(const struct lab_deeds *deeds)
{
	/* @atomic got-read: pairs got-write. Else: a torn record is reported. */
	return atomic_load_explicit(&deeds->got, memory_order_relaxed);
}

static inline void
lab_deeds_got_set(struct lab_deeds *deeds, uint64_t record)
{
	/* @atomic got-write: pairs got-read, got-claim. Else: a torn record is reported. */
	atomic_store_explicit(&deeds->got, record, memory_order_relaxed);
}

/* The lower half of what deeds say of a free frame in this room. */
static inline uint32_t
lab_put_in(uint32_t room)
{
	return room << 1 | 1;
}

static inline struct lab_put
lab_put_unpack(uint64_t word)
{
	if ((word & 1) == 0)
		return (struct lab_put){.room = LAB_NO_ROOM};
	return (struct lab_put){.room = (uint32_t)word >> 1, .when = (uint32_t)(word >> 32)};
}

static inline uint64_t
lab_put_pack(uint32_t room, uint32_t when)
{
	return lab_put_in(room) | (uint64_t)when << 32;
}

static inline uint64_t
lab_deeds_put(const struct lab_deeds *deeds)
{
	/* @atomic put-read: pairs put-write, put-clear. Else: a torn record is taken for a free
	 * frame. */
	return atomic_load_explicit(&deeds->put, memory_order_relaxed);
}

static inline void
lab_deeds_put_set(struct lab_deeds *deeds, uint64_t put)
{
	/* @atomic put-write: pairs put-read. Else: a torn record is taken for a free frame. */
	atomic_store_explicit(&deeds->put, put, memory_order_relaxed);
}

/* Is a frame owned, whoever owns it? */
static inline bool
lab_deeds_owned(const struct lab_deeds *deeds)
{
	return (lab_deeds_put(deeds) & 1) == 0;
}

/* Are these the deeds of this frame, and is it owned? */
static inline bool
lab_deeds_of_owned(const struct lab_deeds *deeds, const void *frame)
{
	return lab_deeds_put(deeds) == (uintptr_t)frame;
}

/* Is it free and in the room that lab_put_in() has told this of? */
static inline bool
lab_deeds_say(const struct lab_deeds *deeds, uint32_t in)
{
	return (uint32_t)lab_deeds_put(deeds) == in;
}

static inline bool
lab_deeds_in(const struct lab_deeds *deeds, uint32_t room)
{
	return lab_deeds_say(deeds, lab_put_in(room));
}

/* A frame that was free is owned from now on. */
static inline void
lab_deeds_own(struct lab_deeds *deeds, uint64_t record, const void *frame)
{
	lab_deeds_got_set(deeds, record);
	/*
	 * @atomic put-clear: pairs put-read. Else: who is killed in between leaves a frame
	 * that is owned, but nobody's.
	 */
	atomic_store_explicit(&deeds->put, (uintptr_t)frame, memory_order_release);
}

/*
 * A free frame changes rooms. One that is not in `from` is left as it is: that is
 * found at its next get.
 */
static inline void
lab_deeds_move(struct lab_deeds *deeds, uint32_t from, uint32_t to)
{
	if (lab_deeds_in(deeds, from))
		lab_deeds_put_set(deeds,
		                  lab_put_pack(to, lab_put_unpack(lab_deeds_put(deeds)).when));
}

/* All that a burst of puts needs, in words the compiler may keep in registers. */
struct lab_gate {
	uint64_t key0;
	uint64_t key1;
	uint64_t ids; /* every id is less */
	struct lab_deeds *deeds;
	uintptr_t first; /* lowest address of a frame */
	uintptr_t lines; /* cache lines from there on */
	const uint8_t *walls;
};

/*
 * Could there be a frame's header in front of this address? One comparison
 * finds both what is misaligned (the low bits rotate to the top) and what is
 * outside of the window.
 */
static inline bool
lab_gate_plausible(const struct lab_gate *gate, const void *frame)
{
	uintptr_t off = (uintptr_t)frame - gate->first;
	uintptr_t line = off >> 6 | off << (64 - 6);

	if (lab_unlikely(line >= gate->lines))
		return false;
	return lab_likely(gate->walls[line >> 15] == 0);
}

static inline bool
lab_plausible(const struct labyrinth *lab, const void *frame)
{
	const struct lab_gate gate = {
		.first = lab->first,
		.lines = lab->lines,
		.walls = lab->walls,
	};

	return lab_gate_plausible(&gate, frame);
}

/* The same for memory other than the window. */
LAB_COLD bool
lab_plausible_elsewhere(const struct labyrinth *lab, const void *frame);

uint64_t
lab_record_now(const struct lab_lane *lane);

/* The same for another process. */
uint64_t
lab_record_of(const struct lab_lane *lane, uint32_t pid);

void
lab_record_read(const struct labyrinth *lab, uint64_t record, struct labyrinth_deed *deed);

/* The same for what a put left. */
void
lab_put_read(const struct labyrinth *lab, uint64_t put, struct labyrinth_deed *deed);

/* Where a record and lab_process_key have the process. */
#define LAB_PID_SHIFT (LAB_STAMP_BITS + LAB_LANE_BITS)

/* By who is inside of the lane; others only read it for reports. */
static inline void
lab_lane_record_set(struct lab_lane *lane, uint64_t record)
{
	/* @atomic record-set: pairs record-read, record-look. Else: a torn record is reported. */
	__atomic_store_n(&lane->record, record, __ATOMIC_RELAXED);
}

/* Twice as many: how struct lab_lane counts. */
#define LAB_CALLS_MASK (2 * LAB_STAMP_EVERY - 2)

static inline uint32_t
lab_lane_calls(const struct lab_lane *lane)
{
	/* @atomic calls-look: pairs calls-begin, calls-end, calls-count. Else: a signal handler
	 * uses the rooms of the call that it interrupts.
	 */
	return atomic_load_explicit(&lane->calls, memory_order_relaxed);
}

/* Note who is in the lane and the time, for the frames that it moves. */
LAB_COLD void
lab_lane_look_at_clock(const struct labyrinth *lab, struct lab_lane *lane);

/* A lane may have been another process's, whose frames must not seem to be these. */
static inline bool
lab_lane_is_ours(const struct lab_lane *lane)
{
	/* @atomic record-look: pairs record-set. Else: a torn record passes for ours. */
	uint64_t record = __atomic_load_n(&lane->record, __ATOMIC_RELAXED);

	return lab_likely((record ^ lab_process_key) >> LAB_PID_SHIFT == 0);
}

/* Count a call by a lane that is entered; tells who and when. */
static inline uint64_t
lab_lane_count(const struct labyrinth *lab, struct lab_lane *lane)
{
	uint32_t calls = lab_lane_calls(lane);

	/* @atomic calls-count: pairs calls-look. Else: the clock is looked at too rarely. */
	atomic_store_explicit(&lane->calls, calls + 2, memory_order_relaxed);
	if (lab_unlikely((calls & LAB_CALLS_MASK) == 0 || !lab_lane_is_ours(lane)))
		lab_lane_look_at_clock(lab, lane);
	return lane->record;
}

/* What a put into a room is recorded as, by who has this record. */
static inline uint64_t
lab_put_record(const struct labyrinth *lab, uint64_t record, uint32_t room)
{
	uint32_t lane = (uint32_t)(record >> LAB_STAMP_BITS) & ((1u << LAB_LANE_BITS) - 1);
	uint32_t stamp = (uint32_t)(record & ((1u << LAB_STAMP_BITS) - 1)) >> LAB_WHEN_SHIFT;

	return lab_put_pack(room,
	                    lane << lab->when_bits | (stamp & ((1u << lab->when_bits) - 1)) | 1);
}

static inline struct lab_gate
lab_gate(const struct labyrinth *lab)
{
	return (struct lab_gate){
		.key0 = lab->key[0],
		.key1 = lab->key[1],
		.ids = lab->ids,
		.deeds = lab->deeds,
		.first = lab->first,
		.lines = lab->lines,
		.walls = lab->walls,
	};
}

/* The id of this frame, if it is one and owned, as far as can be told quickly. */
static inline bool
lab_gate_pass(const struct lab_gate *gate, const void *frame, uint32_t *id)
{
	uint64_t seen;

	if (lab_unlikely(!lab_gate_plausible(gate, frame)))
		return false;
	seen = lab_seal_id(frame, gate->key0, gate->key1);
	*id = (uint32_t)seen;
	return lab_likely(seen < gate->ids && lab_deeds_of_owned(&gate->deeds[seen], frame));
}

/* Is this the header of the frame with this id? */
static inline bool
lab_seal_holds(const struct labyrinth *lab, uint32_t id)
{
	return lab_seal_id(lab->table[id], lab->key[0], lab->key[1]) == id;
}

/* No id. */
#define LAB_NO_ID UINT32_MAX

/*
 * A pointer about to be put that is no frame at first sight, or a free one: find
 * out what is wrong and tell. Returns an id when nothing is (it lies in another
 * region), else LAB_NO_ID.
 */
LAB_COLD uint32_t
lab_put_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame);

/* A frame about to be got that is not free and in the room it came from: tell. */
LAB_COLD void
lab_get_surprise(struct labyrinth *lab, const struct lab_lane *lane, uint32_t id);

/* The id of a frame, found by looking at all; LAB_NO_ID if it is none. */
LAB_COLD uint32_t
lab_id_of(const struct labyrinth *lab, const void *frame);

/* Tell of a violation; stops the process unless the labyrinth only reports. */
LAB_COLD void
lab_violation(struct labyrinth *lab, const struct lab_lane *lane,
              struct labyrinth_violation *violation);

#endif /* LAB_SEAL_H */

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Who moves frames and when: places in a table, and stamps.
 */

#include <sys/auxv.h>
#include <time.h>

#include "record.h"

#define NS_PER_SECOND 1000000000ull
#define FIELD(bits)   ((1ull << (bits)) - 1)

static bool clock_is_memory;

/* Asked of the kernel once: the data path makes no system call. */
static void __attribute__((constructor)) clock_note(void)
{
	clock_is_memory = getauxval(AT_SYSINFO_EHDR) != 0;
}

/*
 * Nanoseconds of the kernel's coarse clock. Not the processor's timestamp
 * counter, which seccomp's strict mode takes away from a thread. libc reads
 * this clock from memory the kernel shares; where there is none of that it
 * would be a system call, so then time stands still.
 */
static uint64_t
timestamp(void)
{
	struct timespec now;

	if (lab_unlikely(!clock_is_memory))
		return 0;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

/* The table grows by who was never seen before; labyrinth_reclaim() drops who is gone. */
uint32_t
lab_who(struct labyrinth *lab, uint32_t pid, uint32_t lane)
{
	const uint64_t name = (uint64_t)pid << 32 | lane;
	uint32_t i;

	for (i = 1; i < LAB_WHO_OTHERS; i++) {
		/* @atomic who-look: pairs who-claim, who-drop. Else: a torn name. */
		uint64_t seen = atomic_load_explicit(&lab->who[i], memory_order_relaxed);

		/*
		 * @atomic who-claim: pairs who-look, who-read. Else: two have one place, and the
		 * frames of one are told to be the other's.
		 */
		if (seen == name ||
		    (seen == 0 && (atomic_compare_exchange_strong_explicit(
					   &lab->who[i], &seen, name, memory_order_relaxed,
					   memory_order_relaxed) ||
		                   seen == name)))
			return i;
	}
	return LAB_WHO_OTHERS;
}

void
lab_who_read(const struct labyrinth *lab, uint32_t who, uint32_t *pid, uint32_t *lane)
{
	/* @atomic who-read: pairs who-claim, who-drop. Else: a torn name. */
	uint64_t name = atomic_load_explicit(&lab->who[who], memory_order_relaxed);

	*pid = (uint32_t)(name >> 32);
	*lane = name != 0 ? (uint32_t)name : UINT32_MAX;
}

/* Never zero, so that a stamp is not taken for none. */
static uint64_t
stamp_now(void)
{
	return (((timestamp() >> LAB_STAMP_SHIFT) & FIELD(LAB_STAMP_BITS)) | 1) << LAB_STAMP_POS;
}

static uint64_t
own_of(uint32_t who)
{
	return (uint64_t)who << LAB_OWNED_WHO_SHIFT | stamp_now();
}

uint64_t
lab_own_of(struct labyrinth *lab, uint32_t pid, uint32_t lane)
{
	return own_of(lab_who(lab, pid & LAB_PID_MASK, lane));
}

/* The part of a put's word that does not tell the room. */
static uint64_t
put_of(uint64_t own)
{
	uint64_t who = lab_own_who(own);
	uint64_t when = own >> (LAB_STAMP_POS + LAB_WHEN_SHIFT) & FIELD(LAB_WHEN_BITS);

	return who << LAB_PUT_SHIFT | when << LAB_WHEN_POS;
}

void
lab_lane_look_at_clock(struct labyrinth *lab, struct lab_lane *lane)
{
	/* Who it is is looked for once. */
	lane->own = lab_lane_is_ours(lane) ? own_of(lab_own_who(lane->own))
	                                   : lab_own_of(lab, lab_process_id(), lane->id);
	lane->put = put_of(lane->own) | (lane->put & LAB_IN_MASK);
	/* @atomic key-set: pairs key-look. Else: a torn key passes for ours. */
	atomic_store_explicit(&lane->key, lab_process_key, memory_order_relaxed);
}

static uint32_t
lane_name(const struct labyrinth *lab, uint32_t lane)
{
	return lane < lab->guests || lane >= lab->lane_count ? LABYRINTH_LANE_ANY
	                                                     : lane - lab->guests;
}

/* Nanoseconds since a stamp of so many bits was made, in units of 1 << shift. */
static uint64_t
age_of(uint64_t stamp, uint32_t bits, uint32_t shift)
{
	uint64_t now = timestamp() >> shift;
	uint64_t age = (now - stamp) & FIELD(bits);

	/* The lowest bit of a stamp is always set: just now may look like later. */
	if (age > FIELD(bits) - 2)
		age = 0;
	return age << shift;
}

static void
mover_read(const struct labyrinth *lab, uint32_t who, struct labyrinth_mover *mover)
{
	uint32_t lane;

	*mover = (struct labyrinth_mover){.known = who != 0, .lane = LABYRINTH_LANE_ANY};
	if (who == 0)
		return;
	lab_who_read(lab, who, &mover->pid, &lane);
	mover->lane = lane_name(lab, lane);
}

void
lab_got_read(const struct labyrinth *lab, uint64_t word, struct labyrinth_mover *mover)
{
	mover_read(lab, lab_word_got(word), mover);
	mover->age = LABYRINTH_AGE_UNKNOWN;
	/* A put keeps who it was, but not when. */
	if (lab_word_owned(word))
		mover->age = age_of(word >> LAB_STAMP_POS & FIELD(LAB_STAMP_BITS), LAB_STAMP_BITS,
		                    LAB_STAMP_SHIFT);
}

void
lab_put_read(const struct labyrinth *lab, uint64_t word, struct labyrinth_mover *mover)
{
	mover_read(lab, lab_word_owned(word) ? 0 : lab_word_putter(word), mover);
	if (mover->known)
		mover->age = age_of(word >> LAB_WHEN_POS & FIELD(LAB_WHEN_BITS), LAB_WHEN_BITS,
		                    LAB_STAMP_SHIFT + LAB_WHEN_SHIFT);
}

uint64_t
labyrinth_age_grain(void)
{
	struct timespec tick = {0};

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	return (2ull << (LAB_STAMP_SHIFT + LAB_WHEN_SHIFT)) + (uint64_t)tick.tv_nsec;
}

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
#define STAMP_MASK    ((1ull << LAB_STAMP_BITS) - 1)
#define STAMP_OLD     0u
/* From this age on, in units of stamps, it is an old one: half of what bits last for. */
#define OLD_FROM (1ull << (LAB_STAMP_BITS - 1))

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

/* That of an old one is never new: the one before does as well. */
static uint32_t
stamp_now(void)
{
	uint32_t stamp = (uint32_t)(timestamp() >> LAB_STAMP_SHIFT & STAMP_MASK);

	return stamp != STAMP_OLD ? stamp : STAMP_MASK;
}

static uint32_t
own_of(uint32_t who)
{
	return who << LAB_OWN_WHO_POS | stamp_now();
}

/* How many stamps ago it was made, OLD_FROM at most. */
static uint64_t
age_of(uint32_t own)
{
	uint64_t now = timestamp();
	uint64_t age = ((now >> LAB_STAMP_SHIFT) - own) & STAMP_MASK;

	/* Where time stands still, or is a little behind that of another process. */
	if (now == 0 || ((own & STAMP_MASK) != STAMP_OLD && age > STAMP_MASK - 2))
		return 0;
	return (own & STAMP_MASK) == STAMP_OLD || age > OLD_FROM ? OLD_FROM : age;
}

uint32_t
lab_own_of(struct labyrinth *lab, uint32_t pid, uint32_t lane)
{
	return own_of(lab_who(lab, pid & LAB_PID_MASK, lane));
}

void
lab_lane_look_at_clock(struct labyrinth *lab, struct lab_lane *lane)
{
	/* Who it is is looked for once. */
	lane->own = lab_lane_is_ours(lane) ? own_of(lab_own_who(lane->own))
	                                   : lab_own_of(lab, lab_process_id(), lane->id);
	lane->put = lab_word_put(lane->own) | (lane->put & LAB_IN_MASK);
	/* @atomic key-set: pairs key-look. Else: a torn key passes for ours. */
	atomic_store_explicit(&lane->key, lab_process_key, memory_order_relaxed);
}

static uint32_t
lane_name(const struct labyrinth *lab, uint32_t lane)
{
	return lane < lab->guests || lane >= lab->lane_count ? LABYRINTH_LANE_ANY
	                                                     : lane - lab->guests;
}

void
lab_own_read(const struct labyrinth *lab, uint32_t own, struct labyrinth_mover *mover)
{
	uint32_t who = lab_own_who(own);
	uint32_t lane;

	*mover = (struct labyrinth_mover){
		.known = who != 0, .lane = LABYRINTH_LANE_ANY, .age = LABYRINTH_AGE_UNKNOWN};
	if (who == 0)
		return;
	lab_who_read(lab, who, &mover->pid, &lane);
	mover->lane = lane_name(lab, lane);
	mover->age = age_of(own) << LAB_STAMP_SHIFT;
}

bool
lab_own_is_old(uint32_t own)
{
	return (own & STAMP_MASK) != STAMP_OLD && age_of(own) == OLD_FROM;
}

uint64_t
labyrinth_age_grain(void)
{
	struct timespec tick = {0};

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	return (1ull << LAB_STAMP_SHIFT) + (uint64_t)tick.tv_nsec;
}

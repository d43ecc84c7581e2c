/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Records: who moved a frame and when, in one word: process (22 bits), lane
 * (12 bits), coarse timestamp (30 bits). Zero means never.
 */

#include <pthread.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#include "seal.h"

#define NS_PER_SECOND 1000000000ull
#define FIELD(bits)   ((1ull << (bits)) - 1)

/* Asked of the kernel once: the data path makes no system call. */
static uint64_t own_pid;
static bool clock_is_memory;

static void
pid_note(void)
{
	own_pid = (uint64_t)getpid() & FIELD(22);
}

static void __attribute__((constructor)) pid_watch(void)
{
	pid_note();
	clock_is_memory = getauxval(AT_SYSINFO_EHDR) != 0;
	/* Fails only without memory; then a forked child bears its parent's name. */
	(void)pthread_atfork(NULL, NULL, pid_note);
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

uint64_t
lab_record_now(const struct lab_lane *lane)
{
	uint64_t lane_bits = lane->id & FIELD(12);
	/* Never zero: that is how a frame nobody moved looks. */
	uint64_t stamp = ((timestamp() >> LAB_STAMP_SHIFT) & FIELD(LAB_STAMP_BITS)) | 1;

	return own_pid << LAB_RECORD_PID_SHIFT | lane_bits << LAB_RECORD_LANE_SHIFT | stamp;
}

void
lab_record_read(uint64_t record, struct labyrinth_deed *deed)
{
	uint64_t now = (timestamp() >> LAB_STAMP_SHIFT) & FIELD(LAB_STAMP_BITS);
	uint64_t lane = record >> LAB_RECORD_LANE_SHIFT & FIELD(12);

	deed->known = record != 0;
	deed->pid = (uint32_t)(record >> LAB_RECORD_PID_SHIFT & FIELD(22));
	deed->lane = lane < LABYRINTH_GUEST_LANES || lane == FIELD(12)
	                     ? LABYRINTH_LANE_ANY
	                     : (uint32_t)lane - LABYRINTH_GUEST_LANES;
	deed->age = ((now - (record & FIELD(LAB_STAMP_BITS))) & FIELD(LAB_STAMP_BITS))
	            << LAB_STAMP_SHIFT;
	/* The lowest bit of a stamp is always set: just now may look like later. */
	if (deed->age > FIELD(LAB_STAMP_BITS - 1) << LAB_STAMP_SHIFT)
		deed->age = 0;
}

uint64_t
labyrinth_deed_grain(void)
{
	struct timespec tick = {0};

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	return (2ull << LAB_STAMP_SHIFT) + (uint64_t)tick.tv_nsec;
}

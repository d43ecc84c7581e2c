/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Records: who moved a frame and when, in one word. Zero means never.
 */

#include <pthread.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#include "seal.h"
#include "thread.h"

#define NS_PER_SECOND 1000000000ull
#define FIELD(bits)   ((1ull << (bits)) - 1)

/* Addresses of threads lie below: 47 bits on x86-64. */
#define PROCESS_KEY_SHIFT LAB_PID_SHIFT

uint64_t lab_process_key;
uint32_t lab_process_number;
bool lab_process_told;

/* Asked of the kernel once: the data path makes no system call. */
static uint64_t own_pid;
static bool clock_is_memory;

static void
pid_note(void)
{
	own_pid = (uint64_t)getpid() & FIELD(22);
	lab_process_key = own_pid << PROCESS_KEY_SHIFT;
	/* A child has its parent's number, and its parent lives. */
	lab_process_told = false;
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

uint32_t
lab_process_id(void)
{
	return (uint32_t)own_pid;
}

void
labyrinth_process(uint32_t number)
{
	lab_process_number = number;
	lab_process_told = true;
}

uint64_t
lab_record_now(const struct lab_lane *lane)
{
	return lab_record_of(lane, (uint32_t)own_pid);
}

uint64_t
lab_record_of(const struct lab_lane *lane, uint32_t pid)
{
	uint64_t lane_bits = lane->id & FIELD(LAB_LANE_BITS);
	/* Never zero: that is how a frame nobody moved looks. */
	uint64_t stamp = ((timestamp() >> LAB_STAMP_SHIFT) & FIELD(LAB_STAMP_BITS)) | 1;

	return (pid & FIELD(22)) << (LAB_STAMP_BITS + LAB_LANE_BITS) | lane_bits << LAB_STAMP_BITS |
	       stamp;
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

void
lab_record_read(const struct labyrinth *lab, uint64_t record, struct labyrinth_deed *deed)
{
	*deed = (struct labyrinth_deed){
		.known = record != 0,
		.pid = (uint32_t)(record >> (LAB_STAMP_BITS + LAB_LANE_BITS)),
		.lane = lane_name(lab, (uint32_t)(record >> LAB_STAMP_BITS & FIELD(LAB_LANE_BITS))),
		.age = age_of(record & FIELD(LAB_STAMP_BITS), LAB_STAMP_BITS, LAB_STAMP_SHIFT),
	};
}

void
lab_put_read(const struct labyrinth *lab, uint64_t put, struct labyrinth_deed *deed)
{
	uint32_t when = lab_put_unpack(put).when;
	uint32_t lane = when >> lab->when_bits;

	*deed = (struct labyrinth_deed){
		.known = when != 0,
		.lane = lane_name(lab, lane),
		.age = age_of(when & FIELD(lab->when_bits), lab->when_bits,
	                      LAB_STAMP_SHIFT + LAB_WHEN_SHIFT),
	};
	/* There is no place for the process: it is the one that used the lane last. */
	if (when != 0 && lane < lab->lane_count) {
		/* @atomic record-read: pairs record-set. Else: a torn record is reported. */
		deed->pid =
			(uint32_t)(__atomic_load_n(&lab->lanes[lane].record, __ATOMIC_RELAXED) >>
		                   LAB_PID_SHIFT);
	}
}

uint64_t
labyrinth_deed_grain(void)
{
	struct timespec tick = {0};

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	return (2ull << (LAB_STAMP_SHIFT + LAB_WHEN_SHIFT)) + (uint64_t)tick.tv_nsec;
}

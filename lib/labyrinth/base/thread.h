/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_THREAD_H
#define LAB_THREAD_H

/* Who is running: a number for each thread, and the lanes of this process. */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "labyrinth.h"

/* Process id where no address of a thread has bits; another one after a fork. */
extern __attribute__((visibility("hidden"))) uint64_t lab_process_key;
/* Which of the processes that share labyrinths this is: which lanes are its own. */
extern __attribute__((visibility("hidden"))) uint32_t lab_process_number;
/* Has it been told so, since the last fork? Then nobody else alive has its lanes. */
extern __attribute__((visibility("hidden"))) bool lab_process_told;

/* What counts of processes have this one under; unlike its number always in range. */
static inline uint32_t
lab_process_name(void)
{
	return lab_process_number < LABYRINTH_PROCESSES_MAX ? lab_process_number
	                                                    : LABYRINTH_PROCESSES_MAX;
}

/* Ids of processes have so many bits on Linux. */
#define LAB_PID_MASK ((1u << 22) - 1)

/* The id of this process. */
uint32_t
lab_process_id(void);

/*
 * Different for every thread that lives, in one namespace of process ids; never zero. Not a
 * thread-local variable: in a plugin its first use may allocate.
 */
static inline uint64_t
lab_self(void)
{
#ifdef __x86_64__
	uint64_t self;

	/* The thread's address, which pthread_self() would read by a call. */
	__asm__("mov %%fs:0, %0" : "=r"(self));
	return self ^ lab_process_key;
#else
	return (uint64_t)(uintptr_t)pthread_self() ^ lab_process_key;
#endif
}

#endif /* LAB_THREAD_H */

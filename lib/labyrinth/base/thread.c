/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <unistd.h>

#include "thread.h"

/* Addresses of threads lie below: 47 bits on x86-64. */
#define PROCESS_KEY_SHIFT 42

uint64_t lab_process_key;
uint32_t lab_process_number;
bool lab_process_told;

/* Asked of the kernel once: the data path makes no system call. */
static uint32_t own_pid;

static void
pid_note(void)
{
	own_pid = (uint32_t)getpid() & LAB_PID_MASK;
	lab_process_key = (uint64_t)own_pid << PROCESS_KEY_SHIFT;
	/* A child has its parent's number, and its parent lives. */
	lab_process_told = false;
}

static void __attribute__((constructor)) pid_watch(void)
{
	pid_note();
	/* Fails only without memory; then a forked child bears its parent's name. */
	(void)pthread_atfork(NULL, NULL, pid_note);
}

uint32_t
lab_process_id(void)
{
	return own_pid;
}

void
labyrinth_process(uint32_t number)
{
	lab_process_number = number;
	lab_process_told = true;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_INTERRUPTS_H
#define FWD_INTERRUPTS_H

/**
 * @file
 * What took a thread away from its work: page faults, context switches and
 * interrupts of its CPU.
 */

#include <stdint.h>
#include <sys/types.h>

struct fwd_interrupts {
	uint64_t minor_faults; /**< page faults served without I/O */
	uint64_t major_faults; /**< page faults that waited for I/O */
	uint64_t voluntary;    /**< switches because the thread waited */
	uint64_t involuntary;  /**< switches because the kernel took the CPU away */
	uint64_t irqs;         /**< interrupts of the thread's only CPU; 0 if it has several */
};

/**
 * Read the calling thread's own figures: system calls, so not inside the forwarding loop.
 *
 * @param cpu
 *   The only CPU it runs on, or -1.
 */
void
fwd_interrupts_own(struct fwd_interrupts *now, int cpu);

/**
 * Read another thread's figures from /proc while it runs.
 *
 * @return
 *   0, or -1 when there is no such thread or /proc cannot be read.
 */
int
fwd_interrupts_of(pid_t tid, int cpu, struct fwd_interrupts *now);

/** What happened between two readings of the same thread. */
struct fwd_interrupts
fwd_interrupts_between(const struct fwd_interrupts *before, const struct fwd_interrupts *after);

#endif /* FWD_INTERRUPTS_H */

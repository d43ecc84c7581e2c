/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Whose report is being written: the lines of two are not mixed. Writing may take a second,
 * where names of functions are looked for, or as long as the reader of the log takes, so
 * nobody waits for ever, and nobody with the lock of what is counted and kept.
 */

#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#include "labyrinth_report.h"

/* An address that only the thread has whose report is being written; NULL: none is. */
static _Atomic(const char *) writer;
static __thread char self __attribute__((tls_model("initial-exec")));

void
labyrinth_report_turn_take(unsigned int ms)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	unsigned int i;

	for (i = 0; i < ms; i++) {
		const char *none = NULL;

		/* @atomic turn-take: pairs turn-give, turn-drop. Else: lines of two reports are
		 * mixed. */
		if (atomic_compare_exchange_strong_explicit(
			    &writer, &none, &self, memory_order_acquire, memory_order_relaxed))
			return;
		nanosleep(&pause, NULL);
	}
	/* Who has it is dead, or takes too long. */
	/* @atomic turn-seize: pairs turn-give. Else: each report waits for one of the dead. */
	atomic_store_explicit(&writer, &self, memory_order_relaxed);
}

void
labyrinth_report_turn_give(void)
{
	const char *mine = &self;

	/* @atomic turn-give: pairs turn-take, turn-seize. Else: lines of two reports are mixed. */
	(void)atomic_compare_exchange_strong_explicit(&writer, &mine, NULL, memory_order_release,
	                                              memory_order_relaxed);
}

void
labyrinth_report_turn_drop(void)
{
	/* @atomic turn-drop: pairs turn-take. Else: a child of fork() waits for its parent. */
	atomic_store_explicit(&writer, NULL, memory_order_relaxed);
}

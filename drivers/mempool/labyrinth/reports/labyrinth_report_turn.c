/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Whose report is being written: the lines of two are not mixed. Writing may take a second,
 * where names of functions are looked for, or as long as the reader of the log takes, so
 * nobody waits for ever, and nobody with the lock of what is counted and kept.
 */

#include <signal.h>
#include <stdatomic.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "labyrinth_report.h"

/* After this time a report that is still being written loses its turn. */
#define TURN_SECONDS 5

/* When the report that is being written began, in cycles of the counter; 0: none is. */
static _Atomic uint64_t began;
/* The value above, of this thread's own report. */
static __thread volatile uint64_t own __attribute__((tls_model("initial-exec")));

void
labyrinth_report_turn_take(void)
{
	const int64_t patience = (int64_t)(TURN_SECONDS * rte_get_tsc_hz());
	uint64_t since = 0;
	uint64_t now = rte_get_tsc_cycles();

	/* @atomic turn-take: pairs turn-give. Else: the lines of two reports are mixed. */
	while (!atomic_compare_exchange_weak_explicit(&began, &since, now, memory_order_acquire,
	                                              memory_order_relaxed)) {
		rte_pause();
		now = rte_get_tsc_cycles();
		/* CPUs' counters may differ a little. */
		if ((int64_t)(now - since) < patience)
			since = 0;
	}
	own = now;
}

void
labyrinth_report_turn_give(void)
{
	uint64_t mine = own;

	own = 0;
	/* @atomic turn-give: pairs turn-take. Else: the lines of two reports are mixed. */
	if (mine != 0)
		(void)atomic_compare_exchange_strong_explicit(
			&began, &mine, 0, memory_order_release, memory_order_relaxed);
}

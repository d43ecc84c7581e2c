/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The end of the primary process, as a secondary sees it.
 */

#include <rte_eal.h>
#include <rte_spinlock.h>

#include "labyrinth_log.h"
#include "labyrinth_primary.h"
#include "labyrinth_shared.h"
#include "rte_mempool_labyrinth.h"

#define LABYRINTH_EXPORT __attribute__((visibility("default")))

static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;
static rte_labyrinth_primary_cb application_cb;
static void *application_arg;
static bool ended;

/* It may have gone by itself, or been killed: then it still has its entry. */
static bool
gone(struct labyrinth_process *primary)
{
	primary->alive = false;
	return !labyrinth_process_get(0, primary) || !primary->alive;
}

bool
labyrinth_primary_ended(void)
{
	/* As it was seen last: one that has ended has no entry. */
	static struct labyrinth_process primary;
	rte_labyrinth_primary_cb cb;
	void *arg;

	if (!gone(&primary))
		return false;
	LAB_LOG(ERR,
	        "primary process %u %s: end this process, start the primary, then this one again",
	        primary.pid, labyrinth_process_dead(0) ? "was killed" : "has ended");
	rte_spinlock_lock(&lock);
	ended = true;
	cb = application_cb;
	arg = application_arg;
	rte_spinlock_unlock(&lock);
	if (cb != NULL)
		cb(arg);
	return true;
}

LABYRINTH_EXPORT bool
rte_labyrinth_primary_alive(void)
{
	struct labyrinth_process primary;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY || !labyrinth_shared_is_open())
		return true;
	return !gone(&primary);
}

LABYRINTH_EXPORT int
rte_labyrinth_primary_cb_set(rte_labyrinth_primary_cb cb, void *arg)
{
	bool late;

	rte_spinlock_lock(&lock);
	application_cb = cb;
	application_arg = arg;
	late = ended;
	rte_spinlock_unlock(&lock);
	return late ? -ESRCH : 0;
}

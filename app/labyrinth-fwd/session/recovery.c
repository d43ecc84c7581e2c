/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mempool_labyrinth.h>
#include <rte_string_fns.h>

#include "app_message.h"
#include "recovery.h"
#include "secondary.h"

/* At the end: 3 seconds. */
#define TRIES  30
#define TRY_US 100000
/* A secondary that is stopped keeps nobody from ending. */
#define END_SECONDS 3

static void
announce(struct fwd_recovery *recovery)
{
	char who[48];

	if (recovery->now.processes == 1)
		snprintf(who, sizeof(who), "secondary process %u has", recovery->now.pid);
	else
		snprintf(who, sizeof(who), "%u secondary processes have", recovery->now.processes);
	fwd_live_break();
	app_notice("%s gone: %" PRIu64 " buffers given back (%" PRIu64 " held, %" PRIu64
	           " in lanes)",
	           who, recovery->now.owned + recovery->now.in_lanes, recovery->now.owned,
	           recovery->now.in_lanes);
	recovery->done.processes += recovery->now.processes;
	memset(&recovery->now, 0, sizeof(recovery->now));
}

static void
note(struct fwd_recovery *recovery, const struct rte_labyrinth_recovery *found)
{
	/* One that is not done with is found again. */
	recovery->now.processes = RTE_MAX(recovery->now.processes, found->processes);
	if (found->pid != 0)
		recovery->now.pid = found->pid;
	recovery->now.owned += found->reclaimed;
	recovery->now.in_lanes += found->frames;
	recovery->done.owned += found->reclaimed;
	recovery->done.in_lanes += found->frames;
}

/** Of some pool at least, what processes held is not given back. */
static void
complain(struct fwd_recovery *recovery, int ret)
{
	/* This process has no number; anything else is about one pool, and others go on. */
	recovery->refused = ret == -ESRCH;
	if (recovery->said)
		return;
	recovery->said = true;
	fwd_live_break();
	app_notice("what secondary processes hold when they die is not given back%s: %s",
	           recovery->refused ? "" : ", or not all of it", rte_strerror(-ret));
}

/** Returns true when nothing is left to be done, or can be. */
static bool
look(struct fwd_recovery *recovery)
{
	struct rte_labyrinth_recovery found = {0};
	int ret = 0;

	if (recovery->now.processes == 0) {
		ret = rte_labyrinth_recover(NULL, &found);
		note(recovery, &found);
	}
	/* All frames are looked at for this, so only when there is a reason. */
	if (ret == 0 && recovery->now.processes > 0) {
		ret = rte_labyrinth_reclaim(NULL, &found);
		note(recovery, &found);
	}
	if (ret == -EAGAIN || ret == -EBUSY)
		return false;
	if (ret != 0)
		complain(recovery, ret);
	if (recovery->now.processes > 0)
		announce(recovery);
	return true;
}

void
fwd_recovery_poll(struct fwd_recovery *recovery, double now)
{
	if (now < recovery->next || recovery->refused)
		return;
	recovery->next = now + (double)FWD_RECOVERY_MS / 1000;
	look(recovery);
}

void
fwd_recovery_finish(struct fwd_recovery *recovery)
{
	unsigned int i;

	for (i = 0; i < TRIES && !recovery->refused && !look(recovery); i++)
		usleep(TRY_US);
}

bool
fwd_recovery_end_secondaries(void)
{
	const struct timespec patience = {.tv_sec = END_SECONDS};
	struct rte_mp_reply reply = {0};
	struct rte_mp_msg msg;

	memset(&msg, 0, sizeof(msg));
	strlcpy(msg.name, FWD_SECONDARY_END, sizeof(msg.name));
	/* Where there can be no secondaries there is no channel either. */
	if (rte_mp_request_sync(&msg, &reply, &patience) == 0)
		free(reply.msgs);
	else if (rte_errno == ETIMEDOUT) {
		app_notice("a secondary process did not answer within %d seconds: its buffers, and "
		           "the pools, are left to it",
		           END_SECONDS);
		return false;
	}
	return true;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>

#include <rte_errno.h>

#include "labyrinth_pool.h"
#include "lane.h"
#include "move.h"
#include "peer.h"
#include "rte_mempool_labyrinth.h"

void
peer_recover(struct rte_mempool *mp, bool reclaims)
{
	struct rte_labyrinth_recovery found;
	int ret = reclaims ? rte_labyrinth_reclaim(mp, &found) : rte_labyrinth_recover(mp, &found);

	if (ret != 0)
		printf("failed %s\n", rte_strerror(-ret));
	else
		printf("ok processes %u lanes %u rooms %u frames %u reclaimed %u\n",
		       found.processes, found.lanes, found.rooms, found.frames, found.reclaimed);
}

void
peer_enter(struct rte_mempool *mp)
{
	static struct lab_lane local;
	struct labyrinth *lab = labyrinth_of(mp);
	struct lab_session session;

	lab_lane_enter_any(lab, &session, &local);
	if (lab_front_refill(lab, &session, 1))
		printf("ok %s lane %u\n",
		       lab_lane_is_common(lab, session.lane->id) ? "common" : "own",
		       session.lane->id);
	else
		printf("failed no room\n");
}

void
peer_hand_over(struct rte_mempool *mp, void *const *objs, unsigned int n, unsigned int process)
{
	int ret = rte_labyrinth_hand_over(mp, objs, n, process, 0);

	if (ret != 0)
		printf("failed %s\n", rte_strerror(-ret));
	else
		printf("ok handed over\n");
}
